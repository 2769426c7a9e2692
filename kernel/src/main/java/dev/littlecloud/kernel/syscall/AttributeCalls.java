package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** chmod(2), chown(2), umask(2). */
final class AttributeCalls {
    private AttributeCalls() {}

    static void register(SyscallTable table) {
        table.full(90, "chmod", "path,oct", (Handler.Call2) AttributeCalls::chmod);
        table.full(91, "fchmod", "fd,oct", (Handler.Call2) AttributeCalls::fchmod);
        table.full(92, "chown", "path,int,int", (Handler.Call3) AttributeCalls::chown);
        table.full(93, "fchown", "fd,int,int", (Handler.Call3) AttributeCalls::fchown);
        table.full(94, "lchown", "path,int,int", (Handler.Call3) AttributeCalls::lchown);
        table.full(95, "umask", "oct", (Handler.Call1) AttributeCalls::umask);
        table.full(
                260, "fchownat", "fd,path,int,int,hex", (Handler.Call5) AttributeCalls::fchownat);
        table.full(268, "fchmodat", "fd,path,oct", (Handler.Call3) AttributeCalls::fchmodat);
        table.full(452, "fchmodat2", "fd,path,oct,hex", (Handler.Call4) AttributeCalls::fchmodat2);
    }

    private static long umask(Task task, long mask) {
        int old = task.fs().umask();
        task.fs().umask((int) mask & 0777);
        return old;
    }

    private static long chmod(Task task, long path, long mode) {
        return fchmodat2(task, Vfs.AT_FDCWD, path, mode, 0);
    }

    private static long fchmodat(Task task, long directory, long path, long mode) {
        return fchmodat2(task, directory, path, mode, 0);
    }

    private static long fchmodat2(Task task, long directory, long path, long mode, long flags) {
        if ((flags & ~(Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags);
        return status != 0 ? status : changeMode(task, (int) mode);
    }

    private static long fchmod(Task task, long fd, long mode) {
        int status = PathArguments.findOpen(task, fd);
        return status != 0 ? status : changeMode(task, (int) mode);
    }

    private static long changeMode(Task task, int mode) {
        FoundFile found = Vfs.of(task).found();
        Inode inode = found.inode();
        Credentials who = task.credentials();
        if (inode.isSymlink()) {
            return -Errno.EOPNOTSUPP;
        }
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        if (!Permissions.isOwner(who, inode)) {
            return -Errno.EPERM;
        }
        int permissions = mode & Inode.PERMISSIONS;
        if (!who.inGroup(inode.gid()) && !who.has(Credentials.CAP_FSETID)) {
            permissions &= ~Inode.S_ISGID;
        }
        int status = inode.changeMode(permissions);
        return status != 0 ? status : changed(task, found);
    }

    private static long changed(Task task, FoundFile found) {
        found.inode().changed(Vfs.now(task));
        WatchEvents.attributes(found.dentry(), found.inode());
        return 0;
    }

    private static long chown(Task task, long path, long uid, long gid) {
        return fchownat(task, Vfs.AT_FDCWD, path, uid, gid, 0);
    }

    private static long lchown(Task task, long path, long uid, long gid) {
        return fchownat(task, Vfs.AT_FDCWD, path, uid, gid, Vfs.AT_SYMLINK_NOFOLLOW);
    }

    private static long fchownat(
            Task task, long directory, long path, long uid, long gid, long flags) {
        if ((flags & ~(Vfs.AT_SYMLINK_NOFOLLOW | Vfs.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags);
        return status != 0 ? status : changeOwner(task, (int) uid, (int) gid);
    }

    private static long fchown(Task task, long fd, long uid, long gid) {
        int status = PathArguments.findOpen(task, fd);
        return status != 0 ? status : changeOwner(task, (int) uid, (int) gid);
    }

    /** Changes owner and group; -1 leaves one as it is. */
    private static long changeOwner(Task task, int uid, int gid) {
        FoundFile found = Vfs.of(task).found();
        Inode inode = found.inode();
        Credentials who = task.credentials();
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        int newUid = uid == -1 ? inode.uid() : uid;
        int newGid = gid == -1 ? inode.gid() : gid;
        boolean owns = who.fsuid() == inode.uid();
        boolean uidAllowed = uid == -1 || (owns && newUid == inode.uid());
        boolean gidAllowed = gid == -1 || (owns && (who.inGroup(newGid) || newGid == inode.gid()));
        if (!(uidAllowed && gidAllowed) && !who.has(Credentials.CAP_CHOWN)) {
            return -Errno.EPERM;
        }
        int mode = inode.mode();
        int status = inode.changeOwner(newUid, newGid);
        if (status != 0) {
            return status;
        }
        if (!inode.isDirectory() && !inode.isSymlink()) {
            // chown(2): also root loses the bits; set-group-id without execute means locking.
            int cleared = Inode.S_ISUID | ((mode & 010) != 0 ? Inode.S_ISGID : 0);
            if ((mode & cleared) != 0) {
                inode.changeMode(mode & ~cleared);
            }
        }
        return changed(task, found);
    }
}
