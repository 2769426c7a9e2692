package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;

/** Who may do what to a file; inode(7), capabilities(7), path_resolution(7). */
public final class Permissions {
    public static final int READ = 4;
    public static final int WRITE = 2;
    public static final int EXECUTE = 1;

    private static final int ANY_EXECUTE = 0111;

    private Permissions() {}

    /** Whether {@code wanted} (READ, WRITE, EXECUTE) is granted: 0 or {@code -EACCES}. */
    public static int check(Credentials who, Inode inode, int wanted) {
        return check(who, who.fsuid(), who.fsgid(), who.effective(), inode, wanted);
    }

    /**
     * The same for access(2), which asks for the real user and group, and for the capabilities that
     * this user would have.
     */
    public static int checkReal(Credentials who, Inode inode, int wanted) {
        long capabilities = who.uid() == 0 ? who.permitted() : 0;
        return check(who, who.uid(), who.gid(), capabilities, inode, wanted);
    }

    private static int check(
            Credentials who, int uid, int gid, long capabilities, Inode inode, int wanted) {
        int mode = inode.mode();
        int granted;
        if (uid == inode.uid()) {
            granted = mode >> 6;
        } else if (gid == inode.gid() || isMember(who, inode.gid())) {
            granted = mode >> 3;
        } else {
            granted = mode;
        }
        if ((granted & wanted) == wanted) {
            return 0;
        }
        boolean directory = inode.isDirectory();
        if (has(capabilities, Credentials.CAP_DAC_OVERRIDE)
                && (directory || (wanted & EXECUTE) == 0 || (mode & ANY_EXECUTE) != 0)) {
            return 0;
        }
        if (has(capabilities, Credentials.CAP_DAC_READ_SEARCH)
                && (wanted == READ || (directory && (wanted & WRITE) == 0))) {
            return 0;
        }
        return -Errno.EACCES;
    }

    private static boolean has(long capabilities, int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    private static boolean isMember(Credentials who, int group) {
        for (int member : who.groups()) {
            if (member == group) {
                return true;
            }
        }
        return false;
    }

    /** Whether names may be added to a directory: 0, ENOENT, EROFS or EACCES, negated. */
    public static int mayCreateIn(Credentials who, Dentry directory) {
        if (directory.isRemoved()) {
            return -Errno.ENOENT;
        }
        Inode inode = directory.inode();
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        return check(who, inode, WRITE | EXECUTE);
    }

    /** Whether a name may be removed from a directory; the sticky bit leaves it to owners. */
    public static int mayRemove(Credentials who, Dentry directory, Inode victim) {
        Inode inode = directory.inode();
        if (inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        int status = check(who, inode, WRITE | EXECUTE);
        if (status != 0) {
            return status;
        }
        boolean free =
                (inode.mode() & Inode.S_ISVTX) == 0
                        || who.fsuid() == victim.uid()
                        || who.fsuid() == inode.uid()
                        || who.has(Credentials.CAP_FOWNER);
        return free ? 0 : -Errno.EPERM;
    }

    /** Whether the task acts as the file's owner. */
    public static boolean isOwner(Credentials who, Inode inode) {
        return who.fsuid() == inode.uid() || who.has(Credentials.CAP_FOWNER);
    }
}
