package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.FileSystemStatistics;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Task;
import java.nio.ByteBuffer;

/** stat(2), statx(2), statfs(2), access(2) and their relatives. */
final class StatCalls {
    private static final int STAT_SIZE = 144;
    private static final int STATFS_SIZE = 120;
    private static final int STATX_SIZE = 256;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_MNT_ID = 0x1000;
    private static final int STATX_RESERVED = 0x8000_0000;
    private static final int STATX_SYNC_TYPE = 0x6000;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final long SECOND = 1_000_000_000L;
    private static final int NAME_MAX = 255;

    private StatCalls() {}

    static void register(SyscallTable table) {
        table.full(4, "stat", "path,ptr", (Handler.Call2) StatCalls::stat);
        table.full(5, "fstat", "fd,ptr", (Handler.Call2) StatCalls::fstat);
        table.full(6, "lstat", "path,ptr", (Handler.Call2) StatCalls::lstat);
        table.full(21, "access", "path,oct", (Handler.Call2) StatCalls::access);
        table.full(137, "statfs", "path,ptr", (Handler.Call2) StatCalls::statfs);
        table.full(138, "fstatfs", "fd,ptr", (Handler.Call2) StatCalls::fstatfs);
        table.full(262, "newfstatat", "fd,path,ptr,hex", (Handler.Call4) StatCalls::newfstatat);
        table.full(269, "faccessat", "fd,path,oct", (Handler.Call3) StatCalls::faccessat);
        table.full(332, "statx", "fd,path,hex,hex,ptr", (Handler.Call5) StatCalls::statx);
        table.full(439, "faccessat2", "fd,path,oct,hex", (Handler.Call4) StatCalls::faccessat2);
    }

    private static long stat(Task task, long path, long result) {
        return newfstatat(task, Vfs.AT_FDCWD, path, result, 0);
    }

    private static long lstat(Task task, long path, long result) {
        return newfstatat(task, Vfs.AT_FDCWD, path, result, Vfs.AT_SYMLINK_NOFOLLOW);
    }

    private static long fstat(Task task, long fd, long result) {
        OpenFile file = task.files().get(fd);
        return file == null ? -Errno.EBADF : answer(task, file.inode(), result);
    }

    private static long newfstatat(Task task, long directory, long path, long result, long flags) {
        int known = Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_NO_AUTOMOUNT | Vfs.AT_EMPTY_PATH;
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags);
        return status != 0 ? status : answer(task, Vfs.of(task).found().inode(), result);
    }

    private static long answer(Task task, Inode inode, long result) {
        int status = inode.refresh();
        if (status != 0) {
            return status;
        }
        put(Vfs.of(task).scratch(), inode);
        Vfs.of(task).answer(task, result, STAT_SIZE);
        return 0;
    }

    /** Builds what stat(2) tells of a file, as far as it is not zero. */
    static void put(ByteBuffer stat, Inode inode) {
        stat.putLong(inode.fileSystem().deviceNumber())
                .putLong(inode.number())
                .putLong(inode.links())
                .putInt(inode.mode())
                .putInt(inode.uid())
                .putInt(inode.gid())
                .putInt(0)
                .putLong(inode.device())
                .putLong(inode.size())
                .putLong(inode.blockSize())
                .putLong(inode.blocks());
        putTime(stat, inode.accessTime());
        putTime(stat, inode.modifyTime());
        putTime(stat, inode.changeTime());
    }

    private static void putTime(ByteBuffer stat, long nanos) {
        stat.putLong(Math.floorDiv(nanos, SECOND)).putLong(Math.floorMod(nanos, SECOND));
    }

    private static long statx(
            Task task, long directory, long path, long flags, long mask, long result) {
        int known =
                Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_NO_AUTOMOUNT | Vfs.AT_EMPTY_PATH | STATX_SYNC_TYPE;
        if ((flags & ~known) != 0
                || (flags & STATX_SYNC_TYPE) == STATX_SYNC_TYPE
                || (mask & STATX_RESERVED) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags);
        if (status != 0) {
            return status;
        }
        Vfs vfs = Vfs.of(task);
        FoundFile found = vfs.found();
        Inode inode = found.inode();
        status = inode.refresh();
        if (status != 0) {
            return status;
        }
        FileSystem fileSystem = inode.fileSystem();
        Mount mount = fileSystem.mount();
        boolean mountRoot = mount != null && found.dentry() == mount.root();
        ByteBuffer stat = vfs.scratch();
        stat.putInt(STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID)
                .putInt(inode.blockSize())
                .putLong(mountRoot ? STATX_ATTR_MOUNT_ROOT : 0)
                .putInt(inode.links())
                .putInt(inode.uid())
                .putInt(inode.gid())
                .putInt(inode.mode())
                .putLong(inode.number())
                .putLong(inode.size())
                .putLong(inode.blocks())
                .putLong(STATX_ATTR_MOUNT_ROOT);
        putTimestamp(stat, inode.accessTime());
        putTimestamp(stat, inode.birthTime());
        putTimestamp(stat, inode.changeTime());
        putTimestamp(stat, inode.modifyTime());
        long device = inode.device();
        stat.putInt(DeviceNumber.major(device))
                .putInt(DeviceNumber.minor(device))
                .putInt(DeviceNumber.major(fileSystem.deviceNumber()))
                .putInt(DeviceNumber.minor(fileSystem.deviceNumber()))
                .putLong(mount == null ? 0 : mount.id());
        Vfs.of(task).answer(task, result, STATX_SIZE);
        return 0;
    }

    private static void putTimestamp(ByteBuffer stat, long nanos) {
        stat.putLong(Math.floorDiv(nanos, SECOND))
                .putInt((int) Math.floorMod(nanos, SECOND))
                .putInt(0);
    }

    private static long statfs(Task task, long path, long result) {
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, 0);
        return status != 0 ? status : statistics(task, Vfs.of(task).found().inode(), result);
    }

    private static long fstatfs(Task task, long fd, long result) {
        OpenFile file = task.files().get(fd);
        return file == null ? -Errno.EBADF : statistics(task, file.inode(), result);
    }

    private static long statistics(Task task, Inode inode, long result) {
        FileSystem fileSystem = inode.fileSystem();
        FileSystemStatistics numbers = fileSystem.statistics();
        Mount mount = fileSystem.mount();
        ByteBuffer stat = Vfs.of(task).scratch();
        stat.putLong(fileSystem.magic())
                .putLong(numbers.blockSize())
                .putLong(numbers.blocks())
                .putLong(numbers.freeBlocks())
                .putLong(numbers.freeBlocks())
                .putLong(numbers.files())
                .putLong(numbers.freeFiles())
                .putLong(fileSystem.deviceNumber())
                .putLong(NAME_MAX)
                .putLong(numbers.blockSize())
                .putLong(mount == null ? 0x20 : mount.statisticsFlags() | 0x20);
        Vfs.of(task).answer(task, result, STATFS_SIZE);
        return 0;
    }

    private static long access(Task task, long path, long mode) {
        return faccessat2(task, Vfs.AT_FDCWD, path, mode, 0);
    }

    private static long faccessat(Task task, long directory, long path, long mode) {
        return faccessat2(task, directory, path, mode, 0);
    }

    private static long faccessat2(Task task, long directory, long path, long mode, long flags) {
        int known = Vfs.AT_EACCESS | Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_EMPTY_PATH;
        if ((mode & ~7) != 0 || (flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags);
        if (status != 0) {
            return status;
        }
        return checkAccess(task, Vfs.of(task).found().inode(), (int) mode, flags);
    }

    /** Whether a task has the wanted rights to a file: 0 or {@code -errno}. */
    static int checkAccess(Task task, Inode inode, int wanted, long flags) {
        Mount mount = inode.fileSystem().mount();
        if (mount != null
                && (wanted & Permissions.EXECUTE) != 0
                && inode.isRegular()
                && !mount.allowsPrograms()) {
            return -Errno.EACCES;
        }
        int status =
                (flags & Vfs.AT_EACCESS) != 0
                        ? Permissions.check(task.credentials(), inode, wanted)
                        : Permissions.checkReal(task.credentials(), inode, wanted);
        boolean special = !inode.isRegular() && !inode.isDirectory() && !inode.isSymlink();
        if (status == 0
                && (wanted & Permissions.WRITE) != 0
                && inode.fileSystem().isReadOnly()
                && !special) {
            return -Errno.EROFS;
        }
        return status;
    }
}
