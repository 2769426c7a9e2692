package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.task.Task;

/** dup(2) and its variants, and what fcntl(2) does to descriptors and status flags. */
final class DescriptorCalls {
    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FD_CLOEXEC = 1;

    /** What F_SETFL can change. */
    private static final int STATUS_FLAGS =
            OpenFlags.O_APPEND
                    | OpenFlags.O_ASYNC
                    | OpenFlags.O_DIRECT
                    | OpenFlags.O_NOATIME
                    | OpenFlags.O_NONBLOCK;

    private DescriptorCalls() {}

    static void register(SyscallTable table) {
        table.full(32, "dup", "fd", (Handler.Call1) DescriptorCalls::dup);
        table.full(33, "dup2", "fd,fd", (Handler.Call2) DescriptorCalls::dup2);
        table.partial(
                72,
                "fcntl",
                "fd,int,hex",
                (Handler.Call3) DescriptorCalls::fcntl,
                "leases and directory notification are refused; hints of lifetimes answer EINVAL");
        table.full(292, "dup3", "fd,fd,flags", (Handler.Call3) DescriptorCalls::dup3);
    }

    private static long dup(Task task, long fd) {
        return duplicate(task, fd, 0, false);
    }

    private static long duplicate(Task task, long fd, int from, boolean closeOnExec) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        file.retain();
        long copy =
                task.files().install(file, from, closeOnExec, task.group().limits().descriptors());
        if (copy < 0) {
            file.release();
        }
        return copy;
    }

    private static long dup2(Task task, long oldFd, long newFd) {
        if ((int) oldFd == (int) newFd) {
            return task.files().get(oldFd) == null ? -Errno.EBADF : (int) newFd;
        }
        return dup3(task, oldFd, newFd, 0);
    }

    private static long dup3(Task task, long oldFd, long newFd, long flags) {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0 || (int) oldFd == (int) newFd) {
            return -Errno.EINVAL;
        }
        int target = (int) newFd;
        FdTable files = task.files();
        OpenFile file = files.get(oldFd);
        if (file == null || target < 0 || target >= task.group().limits().descriptors()) {
            return -Errno.EBADF;
        }
        file.retain();
        if (!files.replace(target, file, flags != 0)) {
            file.release();
            return -Errno.ENOMEM;
        }
        return target;
    }

    private static long fcntl(Task task, long fd, long command, long argument) {
        FdTable files = task.files();
        OpenFile file = files.get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        switch ((int) command) {
            case F_DUPFD, F_DUPFD_CLOEXEC -> {
                long limit = task.group().limits().descriptors();
                int from = (int) argument;
                return from < 0 || from >= limit
                        ? -Errno.EINVAL
                        : duplicate(task, fd, from, command == F_DUPFD_CLOEXEC);
            }
            case F_GETFD -> {
                return files.isCloseOnExec((int) fd) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> {
                files.closeOnExec((int) fd, (argument & FD_CLOEXEC) != 0);
                return 0;
            }
            case F_GETFL -> {
                return file.flags();
            }
            default -> {
                if (PathArguments.isPathOnly(file)) {
                    return -Errno.EBADF;
                }
                return command == F_SETFL
                        ? changeStatus(file, (int) fd, (int) argument)
                        : FileControl.control(task, file, (int) fd, (int) command, argument);
            }
        }
    }

    private static long changeStatus(OpenFile file, int fd, int wanted) {
        int old = file.flags();
        int changed = (old ^ wanted) & STATUS_FLAGS;
        if ((changed & OpenFlags.O_ASYNC) != 0) {
            int status = file.asyncNotice().enable((wanted & OpenFlags.O_ASYNC) != 0, fd);
            if (status != 0) {
                changed &= ~OpenFlags.O_ASYNC;
            }
        }
        file.flags(old ^ changed);
        return 0;
    }
}
