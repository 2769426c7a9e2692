package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** File descriptors: open(2), pread(2) and the like. All answer a value or -errno. */
public final class Files {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DIRECTORY = 0x10000;
    public static final int O_NOFOLLOW = 0x20000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    public static final int O_TMPFILE = 0x410000;

    public static final int MFD_CLOEXEC = 1;

    public static final int FALLOC_FL_KEEP_SIZE = 1;
    public static final int FALLOC_FL_PUNCH_HOLE = 2;

    private static final MethodHandle OPEN =
            NativeCalls.variadic(
                    "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            NativeCalls.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle MEMFD_CREATE =
            NativeCalls.function(
                    "memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            NativeCalls.function("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FALLOCATE =
            NativeCalls.function(
                    "fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PREAD =
            NativeCalls.function(
                    "pread",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PWRITE =
            NativeCalls.function(
                    "pwrite",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));

    private Files() {}

    /** A file descriptor or -errno. Pass {@link #O_CLOEXEC} unless a child is to have it. */
    public static int open(String path, int flags, int mode) {
        MemorySegment state = NativeCalls.callState();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = NativeCalls.cString(arena, path.getBytes(StandardCharsets.UTF_8));
            // SAFETY: the path is a NUL-terminated copy that lives until the call is over.
            int value = (int) OPEN.invokeExact(state, name, flags, mode);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    public static int close(int fd) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers; the caller owns the descriptor.
            int value = (int) CLOSE.invokeExact(state, fd);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** An anonymous file in memory. */
    public static int memfdCreate(String name, int flags) {
        MemorySegment state = NativeCalls.callState();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment string =
                    NativeCalls.cString(arena, name.getBytes(StandardCharsets.UTF_8));
            // SAFETY: the name is a NUL-terminated copy that lives until the call is over.
            int value = (int) MEMFD_CREATE.invokeExact(state, string, flags);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    public static int truncate(int fd, long length) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers; the caller owns the file and all mappings that shrink with it.
            int value = (int) FTRUNCATE.invokeExact(state, fd, length);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** fallocate(2). */
    public static int allocate(int fd, int mode, long offset, long length) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers.
            int value = (int) FALLOCATE.invokeExact(state, fd, mode, offset, length);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** Reads into a native segment; the count or -errno. */
    public static long read(int fd, MemorySegment into, long fileOffset) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the segment's own size bounds the transfer.
            long value = (long) PREAD.invokeExact(state, fd, into, into.byteSize(), fileOffset);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** Writes from a native segment; the count or -errno. */
    public static long write(int fd, MemorySegment from, long fileOffset) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the segment's own size bounds the transfer.
            long value = (long) PWRITE.invokeExact(state, fd, from, from.byteSize(), fileOffset);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
