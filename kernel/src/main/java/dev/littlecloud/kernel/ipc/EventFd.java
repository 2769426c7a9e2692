package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;

/** A counter to wait on: eventfd(2). Guarded by the instance lock. */
public final class EventFd extends OpenFile {
    /** The highest count; a write that would pass it waits. */
    private static final long MAX = -2L;

    private final WaitQueue queue = new WaitQueue();
    private final LongBytes bytes = new LongBytes();
    private final boolean semaphore;

    /** Unsigned. */
    private long value;

    public EventFd(int initial, boolean semaphore, int flags) {
        super(OpenFlags.O_RDWR | flags);
        this.value = initial & 0xFFFF_FFFFL;
        this.semaphore = semaphore;
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (buffer.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        if (value == 0) {
            return isNonblocking() ? -Errno.EAGAIN : wait(task, PollEvents.READABLE);
        }
        long taken = semaphore ? 1 : value;
        bytes.put(buffer, taken);
        value -= taken;
        queue.wake(PollEvents.WRITABLE);
        return Long.BYTES;
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        if (buffer.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        long added = bytes.get(buffer);
        if (added == -1L) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(added, MAX - value) > 0) {
            return isNonblocking() ? -Errno.EAGAIN : wait(task, PollEvents.WRITABLE);
        }
        value += added;
        if (value != 0) {
            queue.wake(PollEvents.READABLE);
        }
        return Long.BYTES;
    }

    private long wait(Task task, int events) {
        task.waitOn(queue, events, false);
        return task.block();
    }

    @Override
    public int poll() {
        int events = 0;
        if (value != 0) {
            events |= PollEvents.READABLE;
        }
        if (Long.compareUnsigned(value, MAX) < 0) {
            events |= PollEvents.WRITABLE;
        }
        return events;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected void close() {}

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:[eventfd]";
    }
}
