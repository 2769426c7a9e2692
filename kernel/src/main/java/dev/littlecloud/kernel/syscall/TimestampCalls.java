package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** utimensat(2) and its ancestors. */
final class TimestampCalls {
    private static final long UTIME_NOW = (1L << 30) - 1;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final long SECOND = 1_000_000_000L;

    /** Seconds that fit into our nanosecond stamps; Linux clamps to the file system's range too. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / SECOND - 1;

    private TimestampCalls() {}

    static void register(SyscallTable table) {
        table.full(132, "utime", "path,ptr", (Handler.Call2) TimestampCalls::utime);
        table.full(235, "utimes", "path,ptr", (Handler.Call2) TimestampCalls::utimes);
        table.full(261, "futimesat", "fd,path,ptr", (Handler.Call3) TimestampCalls::futimesat);
        table.full(280, "utimensat", "fd,path,ptr,hex", (Handler.Call4) TimestampCalls::utimensat);
    }

    private static long utime(Task task, long path, long times) {
        long access = 0;
        long modify = 0;
        if (times != 0) {
            access = task.memory().readLong(times);
            modify = task.memory().readLong(times + 8);
        }
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, 0);
        return status != 0 ? status : set(task, times == 0, access, 0, modify, 0);
    }

    private static long utimes(Task task, long path, long times) {
        return futimesat(task, Vfs.AT_FDCWD, path, times);
    }

    private static long futimesat(Task task, long directory, long path, long times) {
        long[] values = new long[4];
        if (times != 0) {
            for (int i = 0; i < 4; i++) {
                values[i] = task.memory().readLong(times + 8L * i);
            }
            if (!isMicros(values[1]) || !isMicros(values[3])) {
                return -Errno.EINVAL;
            }
        }
        int status =
                path == 0 && (int) directory != Vfs.AT_FDCWD
                        ? PathArguments.findOpen(task, directory)
                        : PathArguments.find(task, directory, path, 0);
        return status != 0
                ? status
                : set(task, times == 0, values[0], values[1] * 1000, values[2], values[3] * 1000);
    }

    private static boolean isMicros(long value) {
        return value >= 0 && value < 1_000_000;
    }

    private static long utimensat(Task task, long directory, long path, long times, long flags) {
        long accessNanos = UTIME_NOW;
        long modifyNanos = UTIME_NOW;
        long access = 0;
        long modify = 0;
        if (times != 0) {
            UserMemory memory = task.memory();
            access = memory.readLong(times);
            accessNanos = memory.readLong(times + 8);
            modify = memory.readLong(times + 16);
            modifyNanos = memory.readLong(times + 24);
            if (!isNanos(accessNanos) || !isNanos(modifyNanos)) {
                return -Errno.EINVAL;
            }
            if (accessNanos == UTIME_OMIT && modifyNanos == UTIME_OMIT) {
                return 0;
            }
        }
        if ((flags & ~(Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int status;
        if (path == 0 && (int) directory != Vfs.AT_FDCWD) {
            if (flags != 0) {
                return -Errno.EINVAL;
            }
            status = PathArguments.findOpen(task, directory);
        } else {
            status = PathArguments.find(task, directory, path, (int) flags);
        }
        return status != 0
                ? status
                : set(task, times == 0, access, accessNanos, modify, modifyNanos);
    }

    private static boolean isNanos(long value) {
        return (value >= 0 && value < SECOND) || value == UTIME_NOW || value == UTIME_OMIT;
    }

    private static long set(
            Task task, boolean now, long access, long accessNanos, long modify, long modifyNanos) {
        FoundFile found = Vfs.of(task).found();
        Inode inode = found.inode();
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        boolean touches = now || (accessNanos == UTIME_NOW && modifyNanos == UTIME_NOW);
        if (!Permissions.isOwner(task.credentials(), inode)) {
            if (!touches) {
                return -Errno.EPERM;
            }
            int status = Permissions.check(task.credentials(), inode, Permissions.WRITE);
            if (status != 0) {
                return status;
            }
        }
        long clock = Vfs.now(task);
        long newAccess = touches ? clock : stamp(access, accessNanos, inode.accessTime(), clock);
        long newModify = touches ? clock : stamp(modify, modifyNanos, inode.modifyTime(), clock);
        int status = inode.changeTimes(newAccess, newModify);
        if (status != 0) {
            return status;
        }
        inode.changed(clock);
        WatchEvents.attributes(found.dentry(), inode);
        return 0;
    }

    private static long stamp(long seconds, long nanos, long old, long now) {
        if (nanos == UTIME_NOW) {
            return now;
        }
        if (nanos == UTIME_OMIT) {
            return old;
        }
        return Math.clamp(seconds, -MAX_SECONDS, MAX_SECONDS) * SECOND + nanos;
    }
}
