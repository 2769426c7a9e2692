package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Names;
import dev.littlecloud.kernel.fs.PathWalk;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;

/** Socket nodes in the tree of files. The result of a call is in {@link Vfs#walk}. */
final class UnixPaths {
    private UnixPaths() {}

    /** Makes a socket node: 0 or {@code -errno}. */
    static int create(Task task, UnixAddress address) {
        String path = text(address);
        int status = Names.makeNode(task, Vfs.AT_FDCWD, path, Inode.S_IFSOCK | 0777, 0);
        if (status == -Errno.EEXIST) {
            return -Errno.EADDRINUSE;
        }
        return status != 0 ? status : Vfs.of(task).find(task, Vfs.AT_FDCWD, path, 0);
    }

    /** Finds a node that the task may connect to: 0 or {@code -errno}. */
    static int find(Task task, UnixAddress address) {
        Vfs vfs = Vfs.of(task);
        int status = vfs.find(task, Vfs.AT_FDCWD, text(address), PathWalk.FOLLOW);
        if (status != 0) {
            return status;
        }
        Inode inode = vfs.walk().dentry().inode();
        status = Permissions.check(task.credentials(), inode, Permissions.WRITE);
        if (status != 0) {
            return status;
        }
        return inode.type() == Inode.S_IFSOCK ? 0 : -Errno.ECONNREFUSED;
    }

    static Inode found(Task task) {
        return Vfs.of(task).walk().dentry().inode();
    }

    private static String text(UnixAddress address) {
        return new String(address.path(), StandardCharsets.ISO_8859_1);
    }
}
