package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** An open directory: a position in its list of names. */
public final class OpenDirectory extends InodeFile {
    private static final long DOT = 0;
    private static final long DOT_DOT = 1;
    private static final long ENTRIES = 2;

    private final Directory directory;

    public OpenDirectory(int flags, @Nullable Dentry dentry, Directory directory) {
        super(flags, dentry, directory);
        this.directory = directory;
    }

    /**
     * Tells the entries from the offset on, "." and ".." first. The offset moves behind what was
     * taken.
     *
     * @return 0 or {@code -errno}
     */
    public int list(Task task, Directory.Listing listing) {
        if (directory.links() == 0) {
            return -Errno.ENOENT;
        }
        if (offset == DOT) {
            if (!listing.entry(".", directory.number(), Inode.S_IFDIR, DOT_DOT)) {
                return 0;
            }
            offset = DOT_DOT;
        }
        if (offset == DOT_DOT) {
            Dentry place = dentry();
            Inode above = place == null ? directory : place.above().inode();
            if (!listing.entry("..", above.number(), Inode.S_IFDIR, ENTRIES)) {
                return 0;
            }
            offset = ENTRIES;
        }
        int status =
                directory.list(
                        task,
                        offset - ENTRIES,
                        (name, inode, mode, next) -> {
                            if (!listing.entry(name, inode, mode, next + ENTRIES)) {
                                return false;
                            }
                            offset = next + ENTRIES;
                            return true;
                        });
        if (status == 0
                && (flags() & OpenFlags.O_NOATIME) == 0
                && !inode().fileSystem().isReadOnly()) {
            inode().accessed(task.kernel().clock().realtimeNanos());
        }
        return status;
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        return -Errno.EISDIR;
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        return -Errno.EBADF;
    }

    @Override
    public boolean isSeekable() {
        return true;
    }

    @Override
    public long seek(Task task, long distance, int whence) {
        long target =
                switch (whence) {
                    case Whence.SET -> distance;
                    case Whence.CURRENT -> offset + distance;
                    default -> -1;
                };
        if (target < 0) {
            return -Errno.EINVAL;
        }
        offset = target;
        return target;
    }

    @Override
    public long sync(Task task, boolean dataOnly) {
        return 0;
    }
}
