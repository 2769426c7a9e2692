package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** What open(2) with O_PATH makes: a place in the tree and nothing else. */
final class OpenPath extends InodeFile {
    OpenPath(int flags, @Nullable Dentry dentry, Inode inode) {
        super(flags, dentry, inode);
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        return -Errno.EBADF;
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        return -Errno.EBADF;
    }

    @Override
    public long seek(Task task, long distance, int whence) {
        return -Errno.EBADF;
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        return -Errno.EBADF;
    }

    @Override
    public long sync(Task task, boolean dataOnly) {
        return -Errno.EBADF;
    }
}
