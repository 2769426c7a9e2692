package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.fs.watch.WatchEvents;
import org.jspecify.annotations.Nullable;

/** An open file description of something in the tree. */
public abstract class InodeFile extends OpenFile {
    private final @Nullable Dentry dentry;
    private final Inode inode;

    protected InodeFile(int flags, @Nullable Dentry dentry, Inode inode) {
        super(flags);
        this.dentry = dentry;
        this.inode = inode;
        inode.use();
        if (dentry != null) {
            dentry.opened();
        }
    }

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final @Nullable Dentry dentry() {
        return dentry;
    }

    @Override
    protected void close() {
        FileLocks locks = inode.locksIfAny();
        if (locks != null) {
            locks.releaseAll(this);
        }
        if ((flags() & OpenFlags.O_PATH) == 0) {
            WatchEvents.closed(this);
        }
        if (dentry != null) {
            dentry.closed();
        }
        inode.unuse();
    }

    @Override
    public String description() {
        return dentry == null ? "anon_inode:[file]" : dentry.name();
    }
}
