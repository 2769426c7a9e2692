package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file description: what open(2), pipe(2) or socket(2) make and descriptors refer to. Shared
 * by dup(2) and fork(2), with its offset and status flags. Guarded by the instance lock.
 */
public abstract class OpenFile {
    /** Answers that a positioned transfer is at the file offset. */
    public static final long AT_OFFSET = -1;

    /** Hears when the last reference goes, before the file closes: epoll(7) forgets it then. */
    public interface CloseListener {
        void fileClosing();
    }

    private int references = 1;
    private @Nullable List<CloseListener> closeListeners;
    private @Nullable AsyncNotice asyncNotice;
    private int flags;

    /** Where read(2) and write(2) go on, in bytes. */
    protected long offset;

    /**
     * @param flags as given to open(2): access mode and status flags
     */
    protected OpenFile(int flags) {
        this.flags = flags;
    }

    /** Access mode and status flags, as fcntl(F_GETFL) reports them. */
    public final int flags() {
        return flags;
    }

    public void flags(int newFlags) {
        flags = newFlags;
    }

    public final boolean isNonblocking() {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    public final boolean isReadable() {
        return (flags & (OpenFlags.O_ACCMODE | OpenFlags.O_PATH)) != OpenFlags.O_WRONLY
                && (flags & OpenFlags.O_PATH) == 0;
    }

    public final boolean isWritable() {
        return (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY
                && (flags & OpenFlags.O_PATH) == 0;
    }

    public final void retain() {
        references++;
    }

    /** Drops one reference; the last one closes. */
    public final void release() {
        if (--references == 0) {
            tellClosing();
            if (asyncNotice != null) {
                asyncNotice.unlink();
            }
            close();
        }
    }

    private void tellClosing() {
        List<CloseListener> listeners = closeListeners;
        if (listeners != null) {
            closeListeners = null;
            for (CloseListener listener : listeners) {
                listener.fileClosing();
            }
        }
    }

    public final void addCloseListener(CloseListener listener) {
        if (closeListeners == null) {
            closeListeners = new ArrayList<>(1);
        }
        closeListeners.add(listener);
    }

    public final void removeCloseListener(CloseListener listener) {
        if (closeListeners != null) {
            closeListeners.remove(listener);
        }
    }

    /** Who is signalled when this becomes ready; made at first use. */
    public final AsyncNotice asyncNotice() {
        if (asyncNotice == null) {
            asyncNotice = new AsyncNotice(this);
        }
        return asyncNotice;
    }

    public final int references() {
        return references;
    }

    /** The last reference is gone. */
    protected abstract void close();

    /**
     * Moves bytes from the file into {@code buffer}.
     *
     * @param at a file position in bytes for pread(2), or {@link #AT_OFFSET}
     * @return bytes moved, 0 at the end, {@code -errno}, or {@link Task#BLOCK}
     */
    public long read(Task task, IoBuffer buffer, long at) {
        return -Errno.EINVAL;
    }

    /**
     * Moves bytes from {@code buffer} into the file.
     *
     * @param at a file position in bytes for pwrite(2), or {@link #AT_OFFSET}
     * @return bytes moved, {@code -errno}, or {@link Task#BLOCK}
     */
    public long write(Task task, IoBuffer buffer, long at) {
        return -Errno.EINVAL;
    }

    /**
     * Most bytes that one call of {@link #read} or {@link #write} may move where positions mean
     * something, so that it does not hold the instance lock for long.
     */
    public long mostAtOnce() {
        return 16 << 20;
    }

    /** Moves the offset as lseek(2) does: the new offset or {@code -errno}. */
    public long seek(Task task, long distance, int whence) {
        return -Errno.ESPIPE;
    }

    /** Whether positions mean something here: pread(2) answers ESPIPE otherwise. */
    public boolean isSeekable() {
        return false;
    }

    /** Poll events that hold now. */
    public int poll() {
        return PollEvents.READABLE | PollEvents.WRITABLE;
    }

    /**
     * Where a change of {@link #poll} is announced; null where it never changes (regular files,
     * which epoll_ctl(2) refuses with EPERM).
     */
    public @Nullable WaitQueue waitQueue() {
        return null;
    }

    /** Answers ioctl(2) for what the dispatcher does not know itself (FIONBIO and such). */
    public long ioctl(Task task, int request, long argument) {
        return -Errno.ENOTTY;
    }

    /** The inode behind, for fstat(2); every open file has one (pipes and sockets too). */
    public abstract Inode inode();

    /** Where it was opened in the tree, or null (pipes, sockets, memfd). */
    public @Nullable Dentry dentry() {
        return null;
    }

    /** What the link in /proc/PID/fd shows, e.g. {@code pipe:[12]}. */
    public abstract String description();

    /** Contents for mmap(2); null answers ENODEV. */
    public @Nullable PageCache pageCache() {
        return null;
    }

    /** Whether seals or the like forbid a mapping: 0 or {@code -errno}. */
    public int refusesMapping(boolean shared, int protection) {
        return 0;
    }

    /** fsync(2), fdatasync(2). */
    public long sync(Task task, boolean dataOnly) {
        return -Errno.EINVAL;
    }
}
