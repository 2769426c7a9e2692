package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** rename(2) and its flags. */
public final class Renaming {
    public static final int NO_REPLACE = 1;
    public static final int EXCHANGE = 2;
    public static final int WHITEOUT = 4;

    private Renaming() {}

    public static int rename(
            Task task,
            int oldDirectory,
            String oldPath,
            int newDirectory,
            String newPath,
            int flags) {
        boolean exchange = (flags & EXCHANGE) != 0;
        boolean noReplace = (flags & NO_REPLACE) != 0;
        if ((flags & ~(NO_REPLACE | EXCHANGE)) != 0 || (exchange && noReplace)) {
            return -Errno.EINVAL;
        }
        Vfs vfs = Vfs.of(task);
        PathWalk walk = vfs.walk();
        int status = vfs.findParent(task, oldDirectory, oldPath);
        if (status != 0) {
            return status;
        }
        Dentry oldPlace = walk.dentry();
        PathWalk.Last oldLast = walk.last();
        String oldName = walk.name();
        boolean oldSlash = walk.isDirectoryWanted();
        status = vfs.findParent(task, newDirectory, newPath);
        if (status != 0) {
            return status;
        }
        Dentry newPlace = walk.dentry();
        String newName = walk.name();
        boolean newSlash = walk.isDirectoryWanted();
        if (oldPlace.inode().fileSystem() != newPlace.inode().fileSystem()) {
            return -Errno.EXDEV;
        }
        if (oldLast != PathWalk.Last.NAME) {
            return -Errno.EBUSY;
        }
        if (walk.last() != PathWalk.Last.NAME) {
            return noReplace ? -Errno.EEXIST : -Errno.EBUSY;
        }
        Dentry source = PathWalk.child(task, oldPlace, oldName);
        if (source == null) {
            return -((Directory) oldPlace.inode()).lookupErrno();
        }
        Dentry target = PathWalk.child(task, newPlace, newName);
        if (target != null && noReplace) {
            return -Errno.EEXIST;
        }
        if (exchange && target == null) {
            return -Errno.ENOENT;
        }
        if (!source.inode().isDirectory() && (oldSlash || (newSlash && !exchange))) {
            return -Errno.ENOTDIR;
        }
        if (exchange && newSlash && target != null && !target.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        if (newPlace.isWithin(source)) {
            return -Errno.EINVAL;
        }
        if (target != null && oldPlace.isWithin(target)) {
            return exchange ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        }
        if (target != null && target.inode() == source.inode()) {
            return 0;
        }
        status = check(task.credentials(), oldPlace, source, newPlace, target, exchange);
        if (status != 0) {
            return status;
        }
        if (exchange && target != null) {
            return exchange(oldPlace, source, newPlace, target);
        }
        return move(oldPlace, source, newPlace, newName, target);
    }

    private static int check(
            Credentials who,
            Dentry oldPlace,
            Dentry source,
            Dentry newPlace,
            @Nullable Dentry target,
            boolean exchange) {
        int status = Permissions.mayRemove(who, oldPlace, source.inode());
        if (status != 0) {
            return status;
        }
        status =
                target == null
                        ? Permissions.mayCreateIn(who, newPlace)
                        : Permissions.mayRemove(who, newPlace, target.inode());
        if (status != 0) {
            return status;
        }
        boolean directory = source.inode().isDirectory();
        if (target != null && !exchange && directory != target.inode().isDirectory()) {
            return directory ? -Errno.ENOTDIR : -Errno.EISDIR;
        }
        if (source.rootOf != null || (target != null && target.rootOf != null)) {
            return -Errno.EBUSY;
        }
        // A directory that changes its parent has its ".." rewritten.
        if (directory && oldPlace != newPlace) {
            status = Permissions.check(who, source.inode(), Permissions.WRITE);
        }
        if (status == 0
                && exchange
                && target != null
                && target.inode().isDirectory()
                && oldPlace != newPlace) {
            status = Permissions.check(who, target.inode(), Permissions.WRITE);
        }
        return status;
    }

    private static int move(
            Dentry oldPlace,
            Dentry source,
            Dentry newPlace,
            String newName,
            @Nullable Dentry target) {
        Directory from = (Directory) oldPlace.inode();
        Directory to = (Directory) newPlace.inode();
        String oldName = source.name();
        Inode replaced = target == null ? null : target.inode();
        if (replaced != null) {
            // Keeps it until its watchers have heard of the move.
            replaced.use();
        }
        int status = from.rename(oldName, source.inode(), to, newName, replaced);
        if (status == 0) {
            if (target != null) {
                target.remove();
            }
            source.move(newPlace, newName);
            WatchEvents.moved(oldPlace, oldName, source, target);
        }
        if (replaced != null) {
            replaced.unuse();
        }
        return status;
    }

    private static int exchange(Dentry oldPlace, Dentry source, Dentry newPlace, Dentry target) {
        Directory from = (Directory) oldPlace.inode();
        Directory to = (Directory) newPlace.inode();
        String oldName = source.name();
        String newName = target.name();
        int status = from.exchange(oldName, source.inode(), to, newName, target.inode());
        if (status != 0) {
            return status;
        }
        source.exchange(target);
        WatchEvents.moved(oldPlace, oldName, source, null);
        WatchEvents.moved(newPlace, newName, target, null);
        return 0;
    }
}
