package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A directory. Permissions, read-only mounts and name lengths were checked by the caller, and names
 * are neither empty, "." nor "..". Changes answer 0 or {@code -errno}.
 */
public abstract class Directory extends Inode {
    protected Directory(long number, int permissions, int uid, int gid) {
        super(number, S_IFDIR | (permissions & PERMISSIONS), uid, gid);
    }

    /** How long an answer of {@link #lookup} holds. */
    public enum Caching {
        /** Until this directory is changed through its own methods. */
        STABLE,
        /** To be asked again each time; the same inode keeps its dentry. */
        REVALIDATE,
        /** Not at all: each walk makes its own dentry. */
        NONE
    }

    public Caching caching() {
        return Caching.STABLE;
    }

    /** The inode of a name, or null: see {@link #lookupErrno}. */
    public abstract @Nullable Inode lookup(Task task, String name);

    /** As {@link #lookup}, before there is a task; see {@link Boot}. */
    public @Nullable Inode lookupAtBoot(String name) {
        return null;
    }

    /** Why the last {@link #lookup} found nothing. */
    public int lookupErrno() {
        return Errno.ENOENT;
    }

    /** Makes a regular file, FIFO, socket or device node. */
    public int create(String name, int mode, int uid, int gid, long device) {
        return -Errno.EPERM;
    }

    public int makeDirectory(String name, int permissions, int uid, int gid) {
        return -Errno.EPERM;
    }

    public int makeSymlink(String name, String text, int uid, int gid) {
        return -Errno.EPERM;
    }

    /** Gives a file another name. */
    public int link(String name, Inode inode) {
        return -Errno.EPERM;
    }

    /** Removes a name of something that is not a directory. */
    public int unlink(String name, Inode inode) {
        return -Errno.EPERM;
    }

    /** Removes an empty directory, ENOTEMPTY otherwise. */
    public int removeDirectory(String name, Directory directory) {
        return -Errno.EPERM;
    }

    /**
     * Moves a name within one file system.
     *
     * @param replaced what has the new name and goes (types already match), or null
     */
    public int rename(
            String name, Inode inode, Directory target, String newName, @Nullable Inode replaced) {
        return -Errno.EPERM;
    }

    /** Swaps two names within one file system. */
    public int exchange(String name, Inode inode, Directory target, String newName, Inode other) {
        return -Errno.EINVAL;
    }

    /** A regular file without a name, for O_TMPFILE; null where not supported. */
    public @Nullable Inode temporary(int mode, int uid, int gid) {
        return null;
    }

    /**
     * Tells the entries behind "." and ".." from a position on.
     *
     * @param position 0 for the first entry, else what the listing gave as next position
     */
    public abstract int list(Task task, long position, Listing listing);

    /** Receives directory entries. */
    public interface Listing {
        /**
         * @param next position of the entry behind this one
         * @return false when there is no room; the entry will be told again
         */
        boolean entry(String name, long inode, int mode, long next);
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.of(new OpenDirectory(flags, dentry, this));
    }
}
