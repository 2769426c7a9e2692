package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Names;
import dev.littlecloud.kernel.fs.Renaming;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;

/** mkdir(2), mknod(2), unlink(2), rmdir(2), link(2), symlink(2), readlink(2), rename(2). */
final class NameCalls {
    private NameCalls() {}

    static void register(SyscallTable table) {
        table.full(82, "rename", "path,path", (Handler.Call2) NameCalls::rename);
        table.full(83, "mkdir", "path,oct", (Handler.Call2) NameCalls::mkdir);
        table.full(84, "rmdir", "path", (Handler.Call1) NameCalls::rmdir);
        table.full(86, "link", "path,path", (Handler.Call2) NameCalls::link);
        table.full(87, "unlink", "path", (Handler.Call1) NameCalls::unlink);
        table.full(88, "symlink", "path,path", (Handler.Call2) NameCalls::symlink);
        table.full(89, "readlink", "path,ptr,int", (Handler.Call3) NameCalls::readlink);
        table.full(133, "mknod", "path,oct,hex", (Handler.Call3) NameCalls::mknod);
        table.full(258, "mkdirat", "fd,path,oct", (Handler.Call3) NameCalls::mkdirat);
        table.full(259, "mknodat", "fd,path,oct,hex", (Handler.Call4) NameCalls::mknodat);
        table.full(263, "unlinkat", "fd,path,hex", (Handler.Call3) NameCalls::unlinkat);
        table.full(264, "renameat", "fd,path,fd,path", (Handler.Call4) NameCalls::renameat);
        table.full(265, "linkat", "fd,path,fd,path,hex", (Handler.Call5) NameCalls::linkat);
        table.full(266, "symlinkat", "path,fd,path", (Handler.Call3) NameCalls::symlinkat);
        table.full(267, "readlinkat", "fd,path,ptr,int", (Handler.Call4) NameCalls::readlinkat);
        table.full(316, "renameat2", "fd,path,fd,path,hex", (Handler.Call5) NameCalls::renameat2);
    }

    private static long mkdir(Task task, long path, long mode) {
        return mkdirat(task, Vfs.AT_FDCWD, path, mode);
    }

    private static long mkdirat(Task task, long directory, long path, long mode) {
        String text = PathArguments.path(task, path);
        return text == null
                ? -Errno.ENAMETOOLONG
                : Names.makeDirectory(task, (int) directory, text, (int) mode);
    }

    private static long mknod(Task task, long path, long mode, long device) {
        return mknodat(task, Vfs.AT_FDCWD, path, mode, device);
    }

    private static long mknodat(Task task, long directory, long path, long mode, long device) {
        String text = PathArguments.path(task, path);
        return text == null
                ? -Errno.ENAMETOOLONG
                : Names.makeNode(task, (int) directory, text, (int) mode, device & 0xffffffffL);
    }

    private static long rmdir(Task task, long path) {
        return unlinkat(task, Vfs.AT_FDCWD, path, Vfs.AT_REMOVEDIR);
    }

    private static long unlink(Task task, long path) {
        return unlinkat(task, Vfs.AT_FDCWD, path, 0);
    }

    private static long unlinkat(Task task, long directory, long path, long flags) {
        if ((flags & ~Vfs.AT_REMOVEDIR) != 0) {
            return -Errno.EINVAL;
        }
        String text = PathArguments.path(task, path);
        if (text == null) {
            return -Errno.ENAMETOOLONG;
        }
        return flags != 0
                ? Names.removeDirectory(task, (int) directory, text)
                : Names.unlink(task, (int) directory, text);
    }

    private static long link(Task task, long oldPath, long newPath) {
        return linkat(task, Vfs.AT_FDCWD, oldPath, Vfs.AT_FDCWD, newPath, 0);
    }

    private static long linkat(
            Task task, long oldDirectory, long oldPath, long newDirectory, long path, long flags) {
        if ((flags & ~(Vfs.AT_SYMLINK_FOLLOW | Vfs.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int find = (flags & Vfs.AT_SYMLINK_FOLLOW) != 0 ? 0 : Vfs.AT_SYMLINK_NOFOLLOW;
        if ((flags & Vfs.AT_EMPTY_PATH) != 0) {
            // linkat(2): the descriptor itself needs CAP_DAC_READ_SEARCH, ENOENT without it.
            if (task.credentials().has(Credentials.CAP_DAC_READ_SEARCH)) {
                find |= Vfs.AT_EMPTY_PATH;
            }
        }
        int status = PathArguments.find(task, oldDirectory, oldPath, find);
        if (status != 0) {
            return status;
        }
        FoundFile found = Vfs.of(task).found();
        String text = PathArguments.path(task, path);
        return text == null
                ? -Errno.ENAMETOOLONG
                : Names.link(task, found.dentry(), found.inode(), (int) newDirectory, text);
    }

    private static long symlink(Task task, long text, long path) {
        return symlinkat(task, text, Vfs.AT_FDCWD, path);
    }

    private static long symlinkat(Task task, long text, long directory, long path) {
        String target = PathArguments.path(task, text);
        String place = PathArguments.path(task, path);
        return target == null || place == null
                ? -Errno.ENAMETOOLONG
                : Names.makeSymlink(task, target, (int) directory, place);
    }

    private static long readlink(Task task, long path, long buffer, long size) {
        return readlinkat(task, Vfs.AT_FDCWD, path, buffer, size);
    }

    private static long readlinkat(
            Task task, long directory, long path, long buffer, long wantedSize) {
        int size = (int) wantedSize;
        if (size <= 0) {
            return -Errno.EINVAL;
        }
        // An empty path means the descriptor, which O_PATH|O_NOFOLLOW opened; readlinkat(2).
        boolean empty = task.memory().readByte(path) == 0;
        int flags = Vfs.AT_SYMLINK_NOFOLLOW | (empty ? Vfs.AT_EMPTY_PATH : 0);
        int status =
                empty && (int) directory == Vfs.AT_FDCWD
                        ? -Errno.ENOENT
                        : PathArguments.find(task, directory, path, flags);
        if (status != 0) {
            return status;
        }
        Inode inode = Vfs.of(task).found().inode();
        if (!inode.isSymlink()) {
            return empty ? -Errno.ENOENT : -Errno.EINVAL;
        }
        String text = inode.linkText(task);
        if (text == null) {
            return inode.isMagicLink() ? -Errno.ENOENT : -Errno.EINVAL;
        }
        if (inode.isMagicLink() && text.length() >= Dentry.PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(bytes.length, size);
        task.memory().write(buffer, bytes, 0, length);
        return length;
    }

    private static long rename(Task task, long oldPath, long newPath) {
        return renameat2(task, Vfs.AT_FDCWD, oldPath, Vfs.AT_FDCWD, newPath, 0);
    }

    private static long renameat(
            Task task, long oldDirectory, long oldPath, long newDirectory, long newPath) {
        return renameat2(task, oldDirectory, oldPath, newDirectory, newPath, 0);
    }

    private static long renameat2(
            Task task,
            long oldDirectory,
            long oldPath,
            long newDirectory,
            long newPath,
            long flags) {
        String from = PathArguments.path(task, oldPath);
        String to = PathArguments.path(task, newPath);
        return from == null || to == null
                ? -Errno.ENAMETOOLONG
                : Renaming.rename(
                        task, (int) oldDirectory, from, (int) newDirectory, to, (int) flags);
    }
}
