package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** Makes, links and removes names: mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2). */
public final class Names {
    private static final int MAX_LINK_TEXT = 4095;

    private Names() {}

    /** The group of a new file: the directory's where that has the set-group-id bit. */
    static int groupForNew(Credentials who, Inode directory) {
        return (directory.mode() & Inode.S_ISGID) != 0 ? directory.gid() : who.fsgid();
    }

    /** Drops the set-group-id bit from programs whose group the maker is not in. */
    static int modeForNew(Credentials who, int gid, int mode) {
        boolean strip =
                (mode & (Inode.S_ISGID | 010)) == (Inode.S_ISGID | 010)
                        && !who.inGroup(gid)
                        && !who.has(Credentials.CAP_FSETID);
        return (strip ? mode & ~Inode.S_ISGID : mode) & Inode.PERMISSIONS;
    }

    /**
     * Checks that the last component of the walk is a name that is free and may be made.
     *
     * @return 0 or {@code -errno}
     */
    private static int free(Task task, PathWalk walk) {
        if (walk.last() != PathWalk.Last.NAME) {
            return -Errno.EEXIST;
        }
        if (PathWalk.child(task, walk.dentry(), walk.name()) != null) {
            return -Errno.EEXIST;
        }
        int errno = ((Directory) walk.dentry().inode()).lookupErrno();
        return errno != Errno.ENOENT
                ? -errno
                : Permissions.mayCreateIn(task.credentials(), walk.dentry());
    }

    private static void announce(Task task, Dentry directory, String name) {
        Dentry made = PathWalk.child(task, directory, name);
        if (made != null) {
            WatchEvents.created(made);
        }
    }

    public static int makeDirectory(Task task, int directory, String path, int mode) {
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status == 0) {
            status = free(task, walk);
        }
        if (status != 0) {
            return status;
        }
        Dentry place = walk.dentry();
        Directory parent = (Directory) place.inode();
        Credentials who = task.credentials();
        int gid = groupForNew(who, parent);
        int permissions = mode & ~task.fs().umask() & (0777 | Inode.S_ISVTX);
        permissions |= parent.mode() & Inode.S_ISGID;
        String name = walk.name();
        status = parent.makeDirectory(name, permissions, who.fsuid(), gid);
        if (status == 0) {
            announce(task, place, name);
        }
        return status;
    }

    /** mknod(2): a regular file, FIFO, socket or device. */
    public static int makeNode(Task task, int directory, String path, int mode, long device) {
        int type = mode & Inode.S_IFMT;
        boolean isDevice = type == Inode.S_IFCHR || type == Inode.S_IFBLK;
        switch (type) {
            case 0, Inode.S_IFREG, Inode.S_IFIFO, Inode.S_IFSOCK, Inode.S_IFCHR, Inode.S_IFBLK -> {}
            case Inode.S_IFDIR -> {
                return -Errno.EPERM;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status == 0) {
            status = free(task, walk);
        }
        if (status != 0) {
            return status;
        }
        if (walk.isDirectoryWanted()) {
            return -Errno.ENOENT;
        }
        Credentials who = task.credentials();
        if (isDevice && !who.has(Credentials.CAP_MKNOD)) {
            return -Errno.EPERM;
        }
        Dentry place = walk.dentry();
        Directory parent = (Directory) place.inode();
        int gid = groupForNew(who, parent);
        int permissions = modeForNew(who, gid, mode & ~task.fs().umask());
        String name = walk.name();
        int nodeType = type == 0 ? Inode.S_IFREG : type;
        status =
                parent.create(
                        name, nodeType | permissions, who.fsuid(), gid, isDevice ? device : 0);
        if (status == 0) {
            announce(task, place, name);
        }
        return status;
    }

    public static int makeSymlink(Task task, String text, int directory, String path) {
        if (text.isEmpty()) {
            return -Errno.ENOENT;
        }
        if (text.length() > MAX_LINK_TEXT) {
            return -Errno.ENAMETOOLONG;
        }
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status == 0) {
            status = free(task, walk);
        }
        if (status != 0) {
            return status;
        }
        if (walk.isDirectoryWanted()) {
            return -Errno.ENOENT;
        }
        Dentry place = walk.dentry();
        Directory parent = (Directory) place.inode();
        Credentials who = task.credentials();
        String name = walk.name();
        status = parent.makeSymlink(name, text, who.fsuid(), groupForNew(who, parent));
        if (status == 0) {
            announce(task, place, name);
        }
        return status;
    }

    /** Gives the file of {@code source} the name {@code path} too. */
    public static int link(
            Task task, @Nullable Dentry source, Inode inode, int directory, String path) {
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status == 0) {
            status = free(task, walk);
        }
        if (status != 0) {
            return status;
        }
        if (walk.isDirectoryWanted()) {
            return -Errno.ENOENT;
        }
        Dentry place = walk.dentry();
        if (place.inode().fileSystem() != inode.fileSystem()) {
            return -Errno.EXDEV;
        }
        if (inode.isDirectory()) {
            return -Errno.EPERM;
        }
        if (!inode.isLinkable()) {
            return -Errno.ENOENT;
        }
        String name = walk.name();
        status = ((Directory) place.inode()).link(name, inode);
        if (status == 0) {
            WatchEvents.attributes(source, inode);
            announce(task, place, name);
        }
        return status;
    }

    public static int unlink(Task task, int directory, String path) {
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status != 0) {
            return status;
        }
        if (walk.last() != PathWalk.Last.NAME) {
            return -Errno.EISDIR;
        }
        Dentry place = walk.dentry();
        Dentry victim = PathWalk.child(task, place, walk.name());
        if (victim == null) {
            return -((Directory) place.inode()).lookupErrno();
        }
        Inode inode = victim.inode();
        if (walk.isDirectoryWanted()) {
            return inode.isDirectory() ? -Errno.EISDIR : -Errno.ENOTDIR;
        }
        status = Permissions.mayRemove(task.credentials(), place, inode);
        if (status != 0) {
            return status;
        }
        if (inode.isDirectory()) {
            return -Errno.EISDIR;
        }
        if (victim.rootOf != null) {
            return -Errno.EBUSY;
        }
        inode.use();
        status = removed(victim, ((Directory) place.inode()).unlink(victim.name(), inode));
        inode.unuse();
        return status;
    }

    public static int removeDirectory(Task task, int directory, String path) {
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, directory, path);
        if (status != 0) {
            return status;
        }
        switch (walk.last()) {
            case NAME -> {}
            case DOT -> {
                return -Errno.EINVAL;
            }
            case DOT_DOT -> {
                return -Errno.ENOTEMPTY;
            }
            case ROOT -> {
                return -Errno.EBUSY;
            }
        }
        Dentry place = walk.dentry();
        Dentry victim = PathWalk.child(task, place, walk.name());
        if (victim == null) {
            return -((Directory) place.inode()).lookupErrno();
        }
        status = Permissions.mayRemove(task.credentials(), place, victim.inode());
        if (status != 0) {
            return status;
        }
        if (!(victim.inode() instanceof Directory gone)) {
            return -Errno.ENOTDIR;
        }
        if (victim.rootOf != null) {
            return -Errno.EBUSY;
        }
        gone.use();
        status = removed(victim, ((Directory) place.inode()).removeDirectory(victim.name(), gone));
        gone.unuse();
        return status;
    }

    /** After a name was removed: the tree and the watchers hear of it. */
    private static int removed(Dentry victim, int status) {
        if (status == 0) {
            victim.remove();
            WatchEvents.removed(victim);
        }
        return status;
    }
}
