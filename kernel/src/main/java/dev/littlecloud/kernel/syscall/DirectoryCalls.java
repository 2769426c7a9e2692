package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Directory;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenDirectory;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** getdents(2), getcwd(2), chdir(2), chroot(2). */
final class DirectoryCalls {
    /** Most bytes of entries one call builds; programs ask for 32 KiB. */
    private static final int MAX_LISTING = 64 * 1024;

    private DirectoryCalls() {}

    static void register(SyscallTable table) {
        table.full(78, "getdents", "fd,ptr,int", (Handler.Call3) DirectoryCalls::getdents);
        table.full(79, "getcwd", "ptr,int", (Handler.Call2) DirectoryCalls::getcwd);
        table.full(80, "chdir", "path", (Handler.Call1) DirectoryCalls::chdir);
        table.full(81, "fchdir", "fd", (Handler.Call1) DirectoryCalls::fchdir);
        table.full(161, "chroot", "path", (Handler.Call1) DirectoryCalls::chroot);
        table.full(217, "getdents64", "fd,ptr,int", (Handler.Call3) DirectoryCalls::getdents64);
    }

    /** Builds {@code struct linux_dirent64} or {@code struct linux_dirent} records. */
    private static final class Records implements Directory.Listing {
        private static final int HEADER = 18;
        private static final int HEADER_64 = 19;

        private final byte[] array;
        private final ByteBuffer bytes;
        private final boolean wide;
        private boolean full;

        Records(int size, boolean wide) {
            this.array = new byte[size];
            this.bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
            this.wide = wide;
        }

        @Override
        public boolean entry(String name, long inode, int mode, long next) {
            int length =
                    wide
                            ? HEADER_64 + name.length() + 1 + 7 & ~7
                            : HEADER + name.length() + 2 + 7 & ~7;
            if (length > bytes.remaining()) {
                full = true;
                return false;
            }
            int start = bytes.position();
            byte type = (byte) ((mode & Inode.S_IFMT) >> 12);
            bytes.putLong(inode).putLong(next).putShort((short) length);
            if (wide) {
                bytes.put(type);
            }
            bytes.put(name.getBytes(StandardCharsets.ISO_8859_1));
            if (!wide) {
                bytes.put(start + length - 1, type);
            }
            bytes.position(start + length);
            return true;
        }
    }

    private static long getdents(Task task, long fd, long address, long size) {
        return list(task, fd, address, size, false);
    }

    private static long getdents64(Task task, long fd, long address, long size) {
        return list(task, fd, address, size, true);
    }

    private static long list(Task task, long fd, long address, long size, boolean wide) {
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        if (!(file instanceof OpenDirectory directory)) {
            return -Errno.ENOTDIR;
        }
        Records records = new Records((int) Math.min(size & 0xffffffffL, MAX_LISTING), wide);
        long before = directory.seek(task, 0, 1);
        int status = directory.list(task, records);
        if (status != 0) {
            return status;
        }
        int length = records.bytes.position();
        if (length == 0) {
            return records.full ? -Errno.EINVAL : 0;
        }
        try {
            task.memory().write(address, records.array, 0, length);
        } catch (GuestFault fault) {
            directory.seek(task, before, 0);
            throw fault;
        }
        WatchEvents.accessed(file);
        return length;
    }

    private static long getcwd(Task task, long address, long size) {
        Dentry here = task.fs().workingDirectory();
        if (here.isRemoved()) {
            return -Errno.ENOENT;
        }
        String path = here.pathFrom(task.fs().root());
        if (path == null) {
            path = "(unreachable)" + here.pathFrom(Vfs.of(task).root());
        }
        if (path.length() + 1 > Dentry.PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        if (path.length() + 1 > (size & 0xffffffffL)) {
            return -Errno.ERANGE;
        }
        byte[] bytes = (path + "\0").getBytes(StandardCharsets.ISO_8859_1);
        task.memory().write(address, bytes, 0, bytes.length);
        return bytes.length;
    }

    private static long chdir(Task task, long path) {
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, 0);
        return status != 0 ? status : enter(task);
    }

    private static long fchdir(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        int status = FoundFile.find(task, (int) fd, null, true);
        return status != 0 ? status : enter(task);
    }

    private static long enter(Task task) {
        FoundFile found = Vfs.of(task).found();
        Dentry place = found.dentry();
        if (place == null || !found.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        int status = Permissions.check(task.credentials(), found.inode(), Permissions.EXECUTE);
        if (status == 0) {
            task.fs().workingDirectory(place);
        }
        return status;
    }

    private static long chroot(Task task, long path) {
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, 0);
        if (status != 0) {
            return status;
        }
        FoundFile found = Vfs.of(task).found();
        Dentry place = found.dentry();
        if (place == null || !found.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        status = Permissions.check(task.credentials(), found.inode(), Permissions.EXECUTE);
        if (status != 0) {
            return status;
        }
        if (!task.credentials().has(Credentials.CAP_SYS_CHROOT)) {
            return -Errno.EPERM;
        }
        task.fs().root(place);
        for (Task other : task.kernel().tasks().tasks()) {
            if (other.fs() == task.fs()) {
                other.space().viewChanged();
            }
        }
        return 0;
    }
}
