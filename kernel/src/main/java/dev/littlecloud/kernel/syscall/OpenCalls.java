package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.Opener;
import dev.littlecloud.kernel.fs.PathWalk;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.pipe.Fifo;
import dev.littlecloud.kernel.task.Task;

/** open(2), openat2(2), creat(2), close(2), close_range(2). */
final class OpenCalls {
    private static final int VALID_FLAGS =
            OpenFlags.O_ACCMODE
                    | OpenFlags.O_CREAT
                    | OpenFlags.O_EXCL
                    | OpenFlags.O_NOCTTY
                    | OpenFlags.O_TRUNC
                    | OpenFlags.O_APPEND
                    | OpenFlags.O_NONBLOCK
                    | OpenFlags.O_SYNC
                    | OpenFlags.O_ASYNC
                    | OpenFlags.O_DIRECT
                    | OpenFlags.O_LARGEFILE
                    | OpenFlags.O_NOFOLLOW
                    | OpenFlags.O_NOATIME
                    | OpenFlags.O_CLOEXEC
                    | OpenFlags.O_PATH
                    | OpenFlags.O_TMPFILE;
    private static final int TMPFILE_BIT = 0x400000;

    private static final int HOW_SIZE = 24;
    private static final int RESOLVE_NO_XDEV = 1;
    private static final int RESOLVE_NO_MAGICLINKS = 2;
    private static final int RESOLVE_NO_SYMLINKS = 4;
    private static final int RESOLVE_BENEATH = 8;
    private static final int RESOLVE_IN_ROOT = 16;
    private static final int RESOLVE_CACHED = 32;

    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    private OpenCalls() {}

    static void register(SyscallTable table) {
        table.full(2, "open", "path,flags,oct", (Handler.Call3) OpenCalls::open);
        table.full(3, "close", "fd", (Handler.Call1) OpenCalls::close);
        table.full(85, "creat", "path,oct", (Handler.Call2) OpenCalls::creat);
        table.full(257, "openat", "fd,path,flags,oct", (Handler.Call4) OpenCalls::openat);
        table.full(436, "close_range", "int,int,hex", (Handler.Call3) OpenCalls::closeRange);
        table.full(437, "openat2", "fd,path,ptr,int", (Handler.Call4) OpenCalls::openat2);
    }

    private static long open(Task task, long path, long flags, long mode) {
        return openat(task, Vfs.AT_FDCWD, path, flags, mode);
    }

    private static long creat(Task task, long path, long mode) {
        int flags = OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_TRUNC;
        return openat(task, Vfs.AT_FDCWD, path, flags, mode);
    }

    private static long openat(Task task, long directory, long path, long flags, long mode) {
        // open(2) ignores flags it does not know; openat2(2) refuses them.
        return open(task, (int) directory, path, (int) flags & VALID_FLAGS, (int) mode & 07777, 0);
    }

    private static long openat2(Task task, long directory, long path, long how, long size) {
        if (size < HOW_SIZE) {
            return -Errno.EINVAL;
        }
        if (size > 4096) {
            return -Errno.E2BIG;
        }
        for (long i = HOW_SIZE; i < size; i++) {
            if (task.memory().readByte(how + i) != 0) {
                return -Errno.E2BIG;
            }
        }
        long flags = task.memory().readLong(how);
        long mode = task.memory().readLong(how + 8);
        long resolve = task.memory().readLong(how + 16);
        boolean creates = (flags & (OpenFlags.O_CREAT | TMPFILE_BIT)) != 0;
        boolean confused =
                ((resolve & RESOLVE_BENEATH) != 0 && (resolve & RESOLVE_IN_ROOT) != 0)
                        || ((flags & OpenFlags.O_PATH) != 0
                                && (flags
                                                & ~(OpenFlags.O_PATH
                                                        | OpenFlags.O_DIRECTORY
                                                        | OpenFlags.O_NOFOLLOW
                                                        | OpenFlags.O_CLOEXEC))
                                        != 0);
        if ((flags & ~(long) VALID_FLAGS) != 0
                || (resolve & ~63L) != 0
                || (mode & ~07777L) != 0
                || (mode != 0 && !creates)
                || confused) {
            return -Errno.EINVAL;
        }
        if ((resolve & RESOLVE_CACHED) != 0 && (creates || (flags & OpenFlags.O_TRUNC) != 0)) {
            return -Errno.EAGAIN;
        }
        int walk =
                bit(resolve, RESOLVE_NO_XDEV, PathWalk.NO_MOUNTS)
                        | bit(resolve, RESOLVE_NO_MAGICLINKS, PathWalk.NO_MAGIC_LINKS)
                        | bit(
                                resolve,
                                RESOLVE_NO_SYMLINKS,
                                PathWalk.NO_LINKS | PathWalk.NO_MAGIC_LINKS)
                        | bit(resolve, RESOLVE_BENEATH, PathWalk.BENEATH)
                        | bit(resolve, RESOLVE_IN_ROOT, PathWalk.IN_ROOT);
        return open(task, (int) directory, path, (int) flags, (int) mode, walk);
    }

    private static int bit(long value, int bit, int meaning) {
        return (value & bit) != 0 ? meaning : 0;
    }

    private static long open(
            Task task, int directory, long path, int flags, int mode, int walkFlags) {
        Opened opened;
        if (task.pending() instanceof Fifo.Opening opening) {
            opened = opening.resume(task);
        } else {
            boolean temporary = (flags & TMPFILE_BIT) != 0;
            boolean writes = (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;
            if (temporary
                    && ((flags & OpenFlags.O_TMPFILE) != OpenFlags.O_TMPFILE
                            || (flags & OpenFlags.O_CREAT) != 0
                            || !writes)) {
                return -Errno.EINVAL;
            }
            int both = OpenFlags.O_CREAT | OpenFlags.O_DIRECTORY;
            if ((flags & (both | OpenFlags.O_PATH)) == both) {
                return -Errno.EINVAL;
            }
            String text = PathArguments.path(task, path);
            if (text == null) {
                return -Errno.ENAMETOOLONG;
            }
            // Before the file is looked for, or made; an empty path is no path at all.
            if (!text.isEmpty() && !task.files().hasRoom(task.group().limits().descriptors())) {
                return -Errno.EMFILE;
            }
            opened = Opener.open(task, directory, text, flags, mode, walkFlags);
        }
        OpenFile file = opened.file();
        return file == null
                ? opened.status()
                : Descriptors.install(task, file, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    private static long close(Task task, long fd) {
        return task.files().close((int) fd);
    }

    private static long closeRange(Task task, long first, long last, long flags) {
        long from = first & 0xffffffffL;
        long to = last & 0xffffffffL;
        if (from > to || (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0) {
            return -Errno.EINVAL;
        }
        int unshared = (flags & CLOSE_RANGE_UNSHARE) != 0 ? Descriptors.unshare(task) : 0;
        if (unshared != 0) {
            return unshared;
        }
        FdTable files = task.files();
        for (int fd = (int) Math.min(from, files.size()); fd <= to && fd < files.size(); fd++) {
            if (files.get(fd) == null) {
                continue;
            }
            if ((flags & CLOSE_RANGE_CLOEXEC) != 0) {
                files.closeOnExec(fd, true);
            } else {
                files.close(fd);
            }
        }
        return 0;
    }
}
