package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.RegularFile;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Task;

/** truncate(2), fallocate(2), fsync(2) and what else is about storage. */
final class SizeCalls {
    private static final int SYNC_RANGE_FLAGS = 7;
    private static final int MAX_ADVICE = 5;

    private SizeCalls() {}

    static void register(SyscallTable table) {
        table.full(74, "fsync", "fd", (Handler.Call1) SizeCalls::fsync);
        table.full(75, "fdatasync", "fd", (Handler.Call1) SizeCalls::fdatasync);
        table.full(76, "truncate", "path,int", (Handler.Call2) SizeCalls::truncate);
        table.full(77, "ftruncate", "fd,int", (Handler.Call2) SizeCalls::ftruncate);
        table.full(162, "sync", "", (Handler.Call0) SizeCalls::sync);
        table.full(187, "readahead", "fd,int,int", (Handler.Call3) SizeCalls::readahead);
        table.full(221, "fadvise64", "fd,int,int,int", (Handler.Call4) SizeCalls::fadvise);
        table.full(277, "sync_file_range", "fd,int,int,hex", (Handler.Call4) SizeCalls::syncRange);
        table.partial(
                285,
                "fallocate",
                "fd,hex,int,int",
                (Handler.Call4) SizeCalls::fallocate,
                "COLLAPSE_RANGE, INSERT_RANGE and UNSHARE_RANGE answer EOPNOTSUPP, as on tmpfs");
        table.full(306, "syncfs", "fd", (Handler.Call1) SizeCalls::syncfs);
    }

    private static long truncate(Task task, long path, long size) {
        if (size < 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, 0);
        if (status != 0) {
            return status;
        }
        FoundFile found = Vfs.of(task).found();
        Inode inode = found.inode();
        if (inode.isDirectory()) {
            return -Errno.EISDIR;
        }
        if (!inode.isRegular()) {
            return -Errno.EINVAL;
        }
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        status = Permissions.check(task.credentials(), inode, Permissions.WRITE);
        if (status != 0) {
            return status;
        }
        if (inode.isRunning()) {
            return -Errno.ETXTBSY;
        }
        long tooBig = RegularFile.checkSize(task, size);
        if (tooBig != 0) {
            return tooBig;
        }
        status = inode.truncate(size);
        if (status == 0) {
            inode.modified(Vfs.now(task));
            RegularFile.dropPrivilegeBits(task, inode);
            if (found.dentry() != null) {
                WatchEvents.modified(found.dentry());
            }
        }
        return status;
    }

    private static long ftruncate(Task task, long fd, long size) {
        if (size < 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        if (!file.isWritable() || !file.inode().isRegular()) {
            return -Errno.EINVAL;
        }
        if (!(file instanceof RegularFile regular)) {
            // Of /proc and the like, which take any size and keep none; proc_setattr() of Linux.
            return file.inode().truncate(size);
        }
        long tooBig = RegularFile.checkSize(task, size);
        if (tooBig != 0) {
            return tooBig;
        }
        long status = regular.resize(task, size);
        if (status == 0) {
            regular.inode().modified(Vfs.now(task));
            RegularFile.dropPrivilegeBits(task, regular.inode());
            WatchEvents.modified(file);
        }
        return status;
    }

    private static long fallocate(Task task, long fd, long mode, long start, long length) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isWritable()) {
            return -Errno.EBADF;
        }
        if (start < 0 || length <= 0) {
            return -Errno.EINVAL;
        }
        int known = RegularFile.KEEP_SIZE | RegularFile.PUNCH_HOLE | RegularFile.ZERO_RANGE;
        boolean punches = (mode & RegularFile.PUNCH_HOLE) != 0;
        if ((mode & ~known) != 0
                || (punches && (mode & RegularFile.KEEP_SIZE) == 0)
                || (punches && (mode & RegularFile.ZERO_RANGE) != 0)) {
            return -Errno.EOPNOTSUPP;
        }
        if (!(file instanceof RegularFile regular)) {
            Inode inode = file.inode();
            if (inode.type() == Inode.S_IFIFO) {
                return -Errno.ESPIPE;
            }
            return inode.isDirectory() ? -Errno.EISDIR : -Errno.ENODEV;
        }
        if (start + length < 0) {
            return -Errno.EFBIG;
        }
        if ((mode & RegularFile.KEEP_SIZE) == 0) {
            long tooBig = RegularFile.checkSize(task, start + length);
            if (tooBig != 0) {
                return tooBig;
            }
        }
        long status = regular.allocate(task, (int) mode, start, length);
        if (status == 0) {
            WatchEvents.modified(file);
        }
        return status;
    }

    private static long fsync(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        return file == null || PathArguments.isPathOnly(file)
                ? -Errno.EBADF
                : file.sync(task, false);
    }

    private static long fdatasync(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        return file == null || PathArguments.isPathOnly(file)
                ? -Errno.EBADF
                : file.sync(task, true);
    }

    private static long sync(Task task) {
        for (Mount mount : Vfs.of(task).mounts()) {
            mount.fileSystem().sync();
        }
        return 0;
    }

    private static long syncfs(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        return file == null || PathArguments.isPathOnly(file)
                ? -Errno.EBADF
                : file.inode().fileSystem().sync();
    }

    private static long syncRange(Task task, long fd, long start, long length, long flags) {
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        if (start < 0 || length < 0 || start + length < 0 || (flags & ~SYNC_RANGE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        Inode inode = file.inode();
        if (!inode.isRegular() && !inode.isDirectory() && inode.type() != Inode.S_IFBLK) {
            return -Errno.ESPIPE;
        }
        return file.sync(task, true);
    }

    private static long readahead(Task task, long fd, long start, long length) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isReadable()) {
            return -Errno.EBADF;
        }
        return file.inode().isRegular() ? 0 : -Errno.EINVAL;
    }

    private static long fadvise(Task task, long fd, long start, long length, long advice) {
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        if (file.inode().type() == Inode.S_IFIFO) {
            return -Errno.ESPIPE;
        }
        return length < 0 || advice < 0 || advice > MAX_ADVICE ? -Errno.EINVAL : 0;
    }
}
