package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** What a system call's file argument led to: an inode, and a place in the tree where it has one. */
public final class FoundFile {
    private @Nullable Inode inode;
    private @Nullable Dentry dentry;

    void set(Inode newInode, @Nullable Dentry newDentry) {
        inode = newInode;
        dentry = newDentry;
    }

    /** The file; only after an argument was resolved. */
    public Inode inode() {
        Inode known = inode;
        if (known == null) {
            throw new IllegalStateException("no argument was resolved");
        }
        return known;
    }

    public @Nullable Dentry dentry() {
        return dentry;
    }

    /**
     * Resolves {@code (directory, path, AT_* flags)} as most *at calls take it.
     *
     * @param path null for the descriptor itself
     * @return 0 or {@code -errno}; EBADF for descriptors that are not open
     */
    public static int find(Task task, int directory, @Nullable String path, boolean follow) {
        Vfs vfs = Vfs.of(task);
        if (path == null) {
            if (directory == Vfs.AT_FDCWD) {
                Dentry here = task.fs().workingDirectory();
                vfs.found().set(here.inode(), here);
                return 0;
            }
            OpenFile file = task.files().get(directory);
            if (file == null) {
                return -Errno.EBADF;
            }
            vfs.found().set(file.inode(), file.dentry());
            return 0;
        }
        int status = vfs.find(task, directory, path, follow ? PathWalk.FOLLOW : 0);
        if (status == 0) {
            Dentry dentry = vfs.walk().dentry();
            vfs.found().set(dentry.inode(), dentry);
        }
        return status;
    }
}
