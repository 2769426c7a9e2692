package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** open(2): finds or makes a file and opens it. */
public final class Opener {
    private static final int NOT_STATUS =
            OpenFlags.O_CREAT
                    | OpenFlags.O_EXCL
                    | OpenFlags.O_NOCTTY
                    | OpenFlags.O_TRUNC
                    | OpenFlags.O_CLOEXEC;
    private static final int TMPFILE_BIT = 0x400000;

    private final Vfs vfs;
    private final Task task;

    private Opener(Vfs vfs, Task task) {
        this.vfs = vfs;
        this.task = task;
    }

    /**
     * Opens a path.
     *
     * @param directory descriptor where a relative path starts
     * @param mode permissions of a new file, before the umask
     * @param walkFlags restrictions of openat2(2), see {@link PathWalk}
     */
    public static Opened open(
            Task task, int directory, String path, int flags, int mode, int walkFlags) {
        Vfs vfs = Vfs.of(task);
        Dentry start = vfs.start(task, directory);
        if (start == null) {
            if (!path.startsWith("/")) {
                return Opened.status(vfs.startError(task, directory, path));
            }
            start = task.fs().root();
        }
        return new Opener(vfs, task).open(start, path, flags, mode, walkFlags);
    }

    private Opened open(Dentry start, String path, int flags, int mode, int walkFlags) {
        PathWalk walk = vfs.walk();
        int follow = (flags & OpenFlags.O_NOFOLLOW) == 0 ? PathWalk.FOLLOW : 0;
        if ((flags & OpenFlags.O_PATH) != 0) {
            int status = walk.find(task, start, path, walkFlags | follow);
            if (status != 0) {
                return Opened.status(status);
            }
            Dentry dentry = walk.dentry();
            if ((flags & OpenFlags.O_DIRECTORY) != 0 && !dentry.inode().isDirectory()) {
                return Opened.error(Errno.ENOTDIR);
            }
            int kept = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW;
            return Opened.of(new OpenPath(flags & kept, dentry, dentry.inode()));
        }
        if ((flags & TMPFILE_BIT) != 0) {
            return temporary(start, path, flags, mode, walkFlags);
        }
        if ((flags & OpenFlags.O_CREAT) != 0) {
            return openOrCreate(start, path, flags, mode, walkFlags);
        }
        int status = walk.find(task, start, path, walkFlags | follow);
        return status != 0 ? Opened.status(status) : openExisting(walk.dentry(), flags);
    }

    private Opened openOrCreate(Dentry start, String path, int flags, int mode, int walkFlags) {
        PathWalk walk = vfs.walk();
        boolean exclusive = (flags & OpenFlags.O_EXCL) != 0;
        int status = walk.findParent(task, start, path, walkFlags);
        while (status == 0) {
            if (walk.last() != PathWalk.Last.NAME) {
                boolean jumped =
                        walk.last() == PathWalk.Last.ROOT && !walk.dentry().inode().isDirectory();
                return jumped && !exclusive
                        ? openExisting(walk.dentry(), flags)
                        : Opened.error(exclusive ? Errno.EEXIST : Errno.EISDIR);
            }
            if (walk.isDirectoryWanted()) {
                return Opened.error(Errno.EISDIR);
            }
            Dentry directory = walk.dentry();
            String name = walk.name();
            Dentry found = PathWalk.child(task, directory, name);
            if (found == null) {
                int errno = ((Directory) directory.inode()).lookupErrno();
                return errno == Errno.ENOENT
                        ? create(directory, name, flags, mode)
                        : Opened.error(errno);
            }
            if (exclusive) {
                return Opened.error(Errno.EEXIST);
            }
            if (!found.inode().isSymlink()) {
                return found.inode().isDirectory()
                        ? Opened.error(Errno.EISDIR)
                        : openExisting(found, flags);
            }
            if ((flags & OpenFlags.O_NOFOLLOW) != 0) {
                return Opened.error(Errno.ELOOP);
            }
            status = walk.followLast(task, found);
        }
        return Opened.status(status);
    }

    private Opened create(Dentry directory, String name, int flags, int mode) {
        Credentials who = task.credentials();
        int status = Permissions.mayCreateIn(who, directory);
        if (status != 0) {
            return Opened.status(status);
        }
        Directory parent = (Directory) directory.inode();
        int gid = Names.groupForNew(who, parent);
        int permissions = Names.modeForNew(who, gid, mode & ~task.fs().umask());
        status = parent.create(name, Inode.S_IFREG | permissions, who.fsuid(), gid, 0);
        if (status != 0) {
            return Opened.status(status);
        }
        Dentry made = PathWalk.child(task, directory, name);
        if (made == null) {
            return Opened.error(Errno.ENOENT);
        }
        WatchEvents.created(made);
        // A new file is opened whatever its permission bits say.
        return finish(made, made.inode(), flags & ~OpenFlags.O_TRUNC);
    }

    private Opened openExisting(Dentry dentry, int flags) {
        Inode inode = dentry.inode();
        if ((flags & OpenFlags.O_DIRECTORY) != 0 && !inode.isDirectory()) {
            return Opened.error(Errno.ENOTDIR);
        }
        if (inode.isSymlink()) {
            return Opened.error(Errno.ELOOP);
        }
        int access = flags & OpenFlags.O_ACCMODE;
        boolean truncates = (flags & OpenFlags.O_TRUNC) != 0;
        boolean writes = access != OpenFlags.O_RDONLY || truncates;
        if (inode.isDirectory() && (writes || (flags & OpenFlags.O_CREAT) != 0)) {
            return Opened.error(Errno.EISDIR);
        }
        int wanted =
                (access != OpenFlags.O_WRONLY ? Permissions.READ : 0)
                        | (writes ? Permissions.WRITE : 0);
        int status = mayOpen(inode, wanted);
        if (status != 0) {
            return Opened.status(status);
        }
        if ((flags & OpenFlags.O_NOATIME) != 0 && !Permissions.isOwner(task.credentials(), inode)) {
            return Opened.error(Errno.EPERM);
        }
        if (truncates && inode.isRegular()) {
            status = inode.truncate(0);
            if (status != 0) {
                return Opened.status(status);
            }
            inode.modified(Vfs.now(task));
            WatchEvents.modified(dentry);
        }
        return finish(dentry, inode, flags);
    }

    private int mayOpen(Inode inode, int wanted) {
        int type = inode.type();
        boolean device = type == Inode.S_IFCHR || type == Inode.S_IFBLK;
        Mount mount = inode.fileSystem().mount();
        if (device && mount != null && !mount.allowsDevices()) {
            return -Errno.EACCES;
        }
        if ((wanted & Permissions.WRITE) != 0
                && inode.fileSystem().isReadOnly()
                && (inode.isRegular() || inode.isDirectory())) {
            return -Errno.EROFS;
        }
        int status = Permissions.check(task.credentials(), inode, wanted);
        boolean busy = (wanted & Permissions.WRITE) != 0 && inode.isRunning();
        return status == 0 && busy ? -Errno.ETXTBSY : status;
    }

    private Opened temporary(Dentry start, String path, int flags, int mode, int walkFlags) {
        PathWalk walk = vfs.walk();
        int status = walk.find(task, start, path, walkFlags | PathWalk.FOLLOW);
        if (status != 0) {
            return Opened.status(status);
        }
        Dentry directory = walk.dentry();
        if (!(directory.inode() instanceof Directory parent)) {
            return Opened.error(Errno.ENOTDIR);
        }
        Credentials who = task.credentials();
        status = Permissions.mayCreateIn(who, directory);
        if (status != 0) {
            return Opened.status(status);
        }
        int gid = Names.groupForNew(who, parent);
        int permissions = Names.modeForNew(who, gid, mode & ~task.fs().umask());
        Inode inode = parent.temporary(Inode.S_IFREG | permissions, who.fsuid(), gid);
        if (inode == null) {
            return Opened.error(Errno.EOPNOTSUPP);
        }
        Dentry dentry = new Dentry("#" + inode.number(), directory, inode);
        dentry.remove();
        if ((flags & OpenFlags.O_EXCL) == 0) {
            inode.allowFirstLink();
        }
        return finish(dentry, inode, flags & ~OpenFlags.O_TRUNC);
    }

    private Opened finish(@Nullable Dentry dentry, Inode inode, int flags) {
        int status = (flags & ~NOT_STATUS) | OpenFlags.O_LARGEFILE;
        // Terminals want to know; what fcntl(2) shows later does not have it.
        int noTerminal = flags & OpenFlags.O_NOCTTY;
        Opened opened = inode.open(task, dentry, status | noTerminal);
        OpenFile file = opened.file();
        if (file != null && noTerminal != 0) {
            file.flags(file.flags() & ~OpenFlags.O_NOCTTY);
        }
        if (opened.status() == 0 && dentry != null) {
            WatchEvents.opened(dentry);
        }
        return opened;
    }

    /** Opens an inode that was found in another way (reopening through /proc/self/fd). */
    public static Opened reopen(Task task, Dentry dentry, int flags) {
        return new Opener(Vfs.of(task), task).openExisting(dentry, flags);
    }
}
