package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Names below a directory descriptor: openat2(2), statx(2), renameat2(2) and the like. No call here
 * follows a symbolic link in the last name. Names are strings of one char per byte. All answer a
 * value or -errno.
 */
public final class FileTree {
    public static final int RESOLVE_NO_MAGICLINKS = 2;
    public static final int RESOLVE_NO_SYMLINKS = 4;
    public static final int RESOLVE_BENEATH = 8;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_EMPTY_PATH = 0x1000;

    /** Size of {@code struct statx}; see the {@code STATX_} offsets. */
    public static final int STATX_BYTES = 256;

    public static final int STATX_BLOCK_SIZE = 4;
    public static final int STATX_LINKS = 16;
    public static final int STATX_UID = 20;
    public static final int STATX_GID = 24;
    public static final int STATX_MODE = 28;
    public static final int STATX_INODE = 32;
    public static final int STATX_SIZE = 40;
    public static final int STATX_BLOCKS = 48;
    public static final int STATX_ACCESS_TIME = 64;
    public static final int STATX_BIRTH_TIME = 80;
    public static final int STATX_CHANGE_TIME = 96;
    public static final int STATX_MODIFY_TIME = 112;
    public static final int STATX_REPRESENTS_MAJOR = 128;
    public static final int STATX_REPRESENTS_MINOR = 132;
    public static final int STATX_DEVICE_MAJOR = 136;
    public static final int STATX_DEVICE_MINOR = 140;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;

    private static final long SYS_FSYNC = 74;
    private static final long SYS_FDATASYNC = 75;
    private static final long SYS_LSEEK = 8;
    private static final long SYS_FCHMOD = 91;
    private static final long SYS_FSTATFS = 138;
    private static final long SYS_GETDENTS64 = 217;
    private static final long SYS_MKDIRAT = 258;
    private static final long SYS_MKNODAT = 259;
    private static final long SYS_FCHOWNAT = 260;
    private static final long SYS_UNLINKAT = 263;
    private static final long SYS_LINKAT = 265;
    private static final long SYS_SYMLINKAT = 266;
    private static final long SYS_READLINKAT = 267;
    private static final long SYS_FCHMODAT = 268;
    private static final long SYS_UTIMENSAT = 280;
    private static final long SYS_SYNCFS = 306;
    private static final long SYS_RENAMEAT2 = 316;
    private static final long SYS_STATX = 332;
    private static final long SYS_OPENAT2 = 437;

    private static final int HOW_BYTES = 24;
    private static final int PATH_MAX = 4096;
    private static final int STATFS_BYTES = 120;
    private static final long SECOND = 1_000_000_000L;

    private static final MethodHandle SYSCALL =
            NativeCalls.variadic(
                    "syscall",
                    1,
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG));

    private FileTree() {}

    private static long call(long number, long a, long b, long c, long d, long e) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: callers pass addresses of segments that live until the call is over and are
            // as long as the kernel may read or write for this number.
            long value = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    private static long string(Arena arena, String text) {
        return NativeCalls.cString(arena, text.getBytes(StandardCharsets.ISO_8859_1)).address();
    }

    /** Opens a path below a directory: a descriptor or -errno. */
    public static int open(int directory, String path, int flags, int mode, int resolve) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(HOW_BYTES, 8);
            how.set(JAVA_LONG, 0, flags & 0xffffffffL);
            how.set(JAVA_LONG, 8, mode);
            how.set(JAVA_LONG, 16, resolve);
            long name = string(arena, path);
            return (int) call(SYS_OPENAT2, directory, name, how.address(), HOW_BYTES, 0);
        }
    }

    /**
     * Attributes of a name, or of the directory descriptor itself where the name is empty.
     *
     * @param result at least {@link #STATX_BYTES} of native memory
     */
    public static int attributes(int directory, String name, MemorySegment result) {
        if (result.byteSize() < STATX_BYTES) {
            throw new IllegalArgumentException("no room for the result");
        }
        try (Arena arena = Arena.ofConfined()) {
            long path = string(arena, name);
            long flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
            return (int)
                    call(
                            SYS_STATX,
                            directory,
                            path,
                            flags,
                            STATX_BASIC_STATS | STATX_BTIME,
                            result.address());
        }
    }

    /** A time of {@code struct statx} in nanoseconds. */
    public static long time(MemorySegment statx, int offset) {
        return statx.get(JAVA_LONG_UNALIGNED, offset) * SECOND
                + statx.get(JAVA_INT_UNALIGNED, offset + 8L);
    }

    public static int makeDirectory(int directory, String name, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(SYS_MKDIRAT, directory, string(arena, name), mode, 0, 0);
        }
    }

    public static int makeNode(int directory, String name, int mode, long device) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(SYS_MKNODAT, directory, string(arena, name), mode, device, 0);
        }
    }

    public static int makeSymlink(int directory, String name, String text) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    call(SYS_SYMLINKAT, string(arena, text), directory, string(arena, name), 0, 0);
        }
    }

    /** The text of a symbolic link, or null where there is none. */
    public static @Nullable String linkText(int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(PATH_MAX);
            long length =
                    call(
                            SYS_READLINKAT,
                            directory,
                            string(arena, name),
                            text.address(),
                            PATH_MAX,
                            0);
            if (length < 0) {
                return null;
            }
            byte[] bytes = text.asSlice(0, length).toArray(JAVA_BYTE);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    public static int remove(int directory, String name, boolean isDirectory) {
        try (Arena arena = Arena.ofConfined()) {
            long flags = isDirectory ? AT_REMOVEDIR : 0;
            return (int) call(SYS_UNLINKAT, directory, string(arena, name), flags, 0, 0);
        }
    }

    public static int rename(
            int directory, String name, int newDirectory, String newName, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    call(
                            SYS_RENAMEAT2,
                            directory,
                            string(arena, name),
                            newDirectory,
                            string(arena, newName),
                            flags);
        }
    }

    /**
     * Gives a file another name.
     *
     * @param flags {@link #AT_SYMLINK_FOLLOW} or 0
     */
    public static int link(
            int directory, String name, int newDirectory, String newName, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    call(
                            SYS_LINKAT,
                            directory,
                            string(arena, name),
                            newDirectory,
                            string(arena, newName),
                            flags);
        }
    }

    /** Changes permissions of a name that is no symbolic link. */
    public static int changeMode(int directory, String name, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(SYS_FCHMODAT, directory, string(arena, name), mode, 0, 0);
        }
    }

    public static int changeMode(int fd, int mode) {
        return (int) call(SYS_FCHMOD, fd, mode, 0, 0, 0);
    }

    public static int changeOwner(int directory, String name, int uid, int gid) {
        try (Arena arena = Arena.ofConfined()) {
            long flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
            return (int) call(SYS_FCHOWNAT, directory, string(arena, name), uid, gid, flags);
        }
    }

    /** Sets access and modification time, in nanoseconds since 1970. */
    public static int changeTimes(int directory, String name, long access, long modify) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(32, 8);
            times.set(JAVA_LONG, 0, Math.floorDiv(access, SECOND));
            times.set(JAVA_LONG, 8, Math.floorMod(access, SECOND));
            times.set(JAVA_LONG, 16, Math.floorDiv(modify, SECOND));
            times.set(JAVA_LONG, 24, Math.floorMod(modify, SECOND));
            long flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
            return (int)
                    call(SYS_UTIMENSAT, directory, string(arena, name), times.address(), flags, 0);
        }
    }

    /** Receives what {@link #list} finds. */
    @FunctionalInterface
    public interface Entries {
        /**
         * @param type DT_* of readdir(3)
         */
        void entry(String name, long inode, int type);
    }

    /** Tells all entries of a directory that was opened for reading: 0 or -errno. */
    public static int list(int fd, Entries target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(64 * 1024, 8);
            while (true) {
                long length = call(SYS_GETDENTS64, fd, buffer.address(), buffer.byteSize(), 0, 0);
                if (length <= 0) {
                    return (int) length;
                }
                for (long at = 0; at < length; ) {
                    int size = buffer.get(JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
                    int type = buffer.get(JAVA_BYTE, at + 18) & 0xff;
                    String name = buffer.getString(at + 19, StandardCharsets.ISO_8859_1);
                    target.entry(name, buffer.get(JAVA_LONG_UNALIGNED, at), type);
                    at += size;
                }
            }
        }
    }

    /** fsync(2) or fdatasync(2). */
    public static int sync(int fd, boolean dataOnly) {
        return (int) call(dataOnly ? SYS_FDATASYNC : SYS_FSYNC, fd, 0, 0, 0, 0);
    }

    /** syncfs(2). */
    public static int syncAll(int fd) {
        return (int) call(SYS_SYNCFS, fd, 0, 0, 0, 0);
    }

    /** lseek(2). */
    public static long seek(int fd, long position, int whence) {
        return call(SYS_LSEEK, fd, position, whence, 0, 0);
    }

    /** Block size, blocks, free blocks, files and free files, or null. */
    public static long @Nullable [] statistics(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(STATFS_BYTES, 8);
            if (call(SYS_FSTATFS, fd, result.address(), 0, 0, 0) != 0) {
                return null;
            }
            return new long[] {
                result.get(JAVA_LONG, 8),
                result.get(JAVA_LONG, 16),
                result.get(JAVA_LONG, 32),
                result.get(JAVA_LONG, 40),
                result.get(JAVA_LONG, 48)
            };
        }
    }
}
