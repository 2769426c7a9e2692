package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Whence;
import dev.littlecloud.kernel.task.Task;

/** ioctl(2): what concerns every open file; the rest is the file's own. */
final class IoctlCalls {
    private static final int FIONREAD = 0x541B;
    private static final int FIONBIO = 0x5421;
    private static final int FIONCLEX = 0x5450;
    private static final int FIOCLEX = 0x5451;
    private static final int FIOASYNC = 0x5452;
    private static final int FIOQSIZE = 0x5460;
    private static final int FIGETBSZ = 2;
    private static final int FICLONE = 0x40049409;
    private static final int FICLONERANGE = 0x4020940D;
    private static final int FIDEDUPERANGE = 0xC0189436;

    private IoctlCalls() {}

    static void register(SyscallTable table) {
        table.full(16, "ioctl", "fd,hex,ptr", (Handler.Call3) IoctlCalls::ioctl);
    }

    private static long ioctl(Task task, long fd, long command, long argument) {
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        int request = (int) command;
        Inode inode = file.inode();
        switch (request) {
            case FIOCLEX, FIONCLEX -> {
                task.files().closeOnExec((int) fd, request == FIOCLEX);
                return 0;
            }
            case FIONBIO -> {
                boolean on = task.memory().readInt(argument) != 0;
                int flags = file.flags();
                file.flags(on ? flags | OpenFlags.O_NONBLOCK : flags & ~OpenFlags.O_NONBLOCK);
                return 0;
            }
            case FIOASYNC -> {
                boolean on = task.memory().readInt(argument) != 0;
                int status = file.asyncNotice().enable(on, (int) fd);
                if (status == 0) {
                    int flags = file.flags();
                    file.flags(on ? flags | OpenFlags.O_ASYNC : flags & ~OpenFlags.O_ASYNC);
                }
                return status;
            }
            case FIOQSIZE -> {
                if (!inode.isRegular() && !inode.isDirectory()) {
                    return -Errno.ENOTTY;
                }
                task.memory().writeLong(argument, inode.size());
                return 0;
            }
            case FIGETBSZ -> {
                task.memory().writeInt(argument, inode.blockSize());
                return 0;
            }
            case FICLONE, FICLONERANGE, FIDEDUPERANGE -> {
                return -Errno.EOPNOTSUPP;
            }
            default -> {
                if (request == FIONREAD && inode.isRegular()) {
                    long left = inode.size() - file.seek(task, 0, Whence.CURRENT);
                    task.memory().writeInt(argument, (int) left);
                    return 0;
                }
                return file.ioctl(task, request, argument);
            }
        }
    }
}
