package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** An open regular file: offsets, appending, limits and times, over any storage. */
public abstract class RegularFile extends InodeFile {
    /** Modes of fallocate(2). */
    public static final int KEEP_SIZE = 1;

    public static final int PUNCH_HOLE = 2;
    public static final int ZERO_RANGE = 0x10;

    protected RegularFile(int flags, @Nullable Dentry dentry, Inode inode) {
        super(flags, dentry, inode);
        if (countsAsWriter()) {
            inode.addWriter();
        }
    }

    /** A memfd can be executed while it is open for writing. */
    private boolean countsAsWriter() {
        return isWritable() && dentry() != null;
    }

    @Override
    protected final void close() {
        if (countsAsWriter()) {
            inode().removeWriter();
        }
        super.close();
    }

    /** Moves bytes from a position into a buffer; 0 at the end, or {@code -errno}. */
    protected abstract long readAt(IoBuffer buffer, long position);

    /** Moves {@code length} bytes of a buffer to a position; bytes moved or {@code -errno}. */
    protected abstract long writeAt(IoBuffer buffer, long position, long length);

    /** Most bytes a file can have. */
    protected abstract long maxSize();

    /** lseek(SEEK_DATA). */
    protected abstract long seekData(long position);

    /** lseek(SEEK_HOLE). */
    protected abstract long seekHole(long position);

    /** fallocate(2) after its arguments were checked: 0 or {@code -errno}. */
    public abstract long allocate(Task task, int mode, long start, long length);

    /** ftruncate(2) after its arguments were checked: 0 or {@code -errno}. */
    public abstract long resize(Task task, long size);

    @Override
    public final long read(Task task, IoBuffer buffer, long at) {
        long position = at == AT_OFFSET ? offset : at;
        long start = buffer.position();
        try {
            long moved = readAt(buffer, position);
            if (moved < 0) {
                return moved;
            }
        } finally {
            // Also after a bad address half way: what was moved counts.
            if (at == AT_OFFSET) {
                offset = position + buffer.position() - start;
            }
        }
        if ((flags() & OpenFlags.O_NOATIME) == 0 && !inode().fileSystem().isReadOnly()) {
            inode().accessed(Vfs.now(task));
        }
        long moved = buffer.position() - start;
        if (moved > 0) {
            WatchEvents.accessed(this);
        }
        return moved;
    }

    @Override
    public final long write(Task task, IoBuffer buffer, long at) {
        boolean append = (flags() & OpenFlags.O_APPEND) != 0;
        if (append) {
            inode().refresh();
        }
        long position = append ? inode().size() : at == AT_OFFSET ? offset : at;
        long length = buffer.remaining();
        if (length == 0) {
            return 0;
        }
        long end = limit(task);
        if (position >= end) {
            return tooBig(task, end);
        }
        length = Math.min(length, end - position);
        long start = buffer.position();
        long moved;
        try {
            moved = writeAt(buffer, position, length);
        } finally {
            if (at == AT_OFFSET) {
                long done = buffer.position() - start;
                offset = done > 0 ? position + done : offset;
            }
        }
        if (moved > 0) {
            written(task);
        }
        return moved;
    }

    private void written(Task task) {
        Inode inode = inode();
        inode.modified(Vfs.now(task));
        dropPrivilegeBits(task, inode);
        WatchEvents.modified(this);
    }

    /** Writing takes away set-user-id and set-group-id bits; inode(7). */
    public static void dropPrivilegeBits(Task task, Inode inode) {
        int mode = inode.mode();
        int bits = mode & Inode.S_ISUID;
        if ((mode & (Inode.S_ISGID | 010)) == (Inode.S_ISGID | 010)) {
            bits |= Inode.S_ISGID;
        }
        if (bits != 0 && !task.credentials().has(Credentials.CAP_FSETID)) {
            inode.changeMode(mode & ~bits);
        }
    }

    private long limit(Task task) {
        long soft = task.group().limits().soft(ResourceLimits.FSIZE);
        return soft < 0 ? maxSize() : Math.min(soft, maxSize());
    }

    private long tooBig(Task task, long end) {
        return tooBig(task, end < maxSize());
    }

    /** EFBIG, with SIGXFSZ where the process's own limit was met; setrlimit(2). */
    private static long tooBig(Task task, boolean ownLimit) {
        if (ownLimit) {
            task.signals().send(SigInfo.fromKernel(Signal.SIGXFSZ));
        }
        return -Errno.EFBIG;
    }

    /** Whether the process may have files of this size: 0 or {@code -EFBIG}. */
    public static long checkSize(Task task, long size) {
        long soft = task.group().limits().soft(ResourceLimits.FSIZE);
        return soft >= 0 && size > soft ? tooBig(task, true) : 0;
    }

    @Override
    public final boolean isSeekable() {
        return true;
    }

    @Override
    public final long seek(Task task, long distance, int whence) {
        if (whence == Whence.END) {
            inode().refresh();
        }
        long target =
                switch (whence) {
                    case Whence.DATA -> seekData(distance);
                    case Whence.HOLE -> seekHole(distance);
                    default -> Whence.resolve(distance, whence, offset, inode().size());
                };
        if (target >= 0) {
            offset = target;
        }
        return target;
    }
}
