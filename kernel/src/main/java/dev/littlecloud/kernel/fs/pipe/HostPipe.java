package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.task.Waiter;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host's end of a pipe whose other end is a guest's stdin, stdout or stderr. A host thread moves
 * bytes between it and the real stream; it waits here and never holds the instance lock while the
 * real stream makes it wait.
 */
public final class HostPipe {
    private final ReentrantLock lock;
    private final Runnable resumeGuest;
    private final Condition ready;
    private final Pipe pipe;
    private final boolean hostWrites;
    private boolean closed;

    private HostPipe(ReentrantLock lock, Runnable resumeGuest, boolean hostWrites, long now) {
        this.lock = lock;
        this.resumeGuest = resumeGuest;
        this.ready = lock.newCondition();
        this.pipe = new PipeInode(null, 0, 0, now).pipe();
        this.hostWrites = hostWrites;
        if (hostWrites) {
            pipe.addWriter();
        } else {
            pipe.addReader();
        }
        WaitQueue queue = hostWrites ? pipe.writeWaiters() : pipe.readWaiters();
        queue.add(
                new Waiter() {
                    @Override
                    protected boolean woken(int events) {
                        ready.signalAll();
                        return false;
                    }
                });
    }

    /** A pipe into the guest: the host writes, stdin reads. */
    public static HostPipe input(Kernel kernel) {
        return of(kernel, true);
    }

    /** A pipe out of the guest: stdout or stderr writes, the host reads. */
    public static HostPipe output(Kernel kernel) {
        return of(kernel, false);
    }

    private static HostPipe of(Kernel kernel, boolean hostWrites) {
        Runnable resumeGuest = kernel.scheduler()::notifyProcessors;
        return new HostPipe(kernel.lock(), resumeGuest, hostWrites, kernel.clock().realtimeNanos());
    }

    /** The guest's end, to be installed in a descriptor table. Call it with the lock held. */
    public PipeEnd guestEnd() {
        return new PipeEnd(hostWrites ? OpenFlags.O_RDONLY : OpenFlags.O_WRONLY, null, pipe);
    }

    /**
     * Gives bytes to the guest; waits while the pipe is full.
     *
     * @return false where nobody will read them any more
     */
    public boolean write(byte[] bytes, int offset, int length) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            int done = 0;
            while (done < length) {
                if (closed || pipe.readers() == 0) {
                    return false;
                }
                int part = Math.min(length - done, pipe.room());
                if (part == 0) {
                    ready.await();
                    continue;
                }
                KernelIo source = new KernelIo(bytes);
                source.position(offset + done);
                pipe.reserve(part);
                pipe.put(source, part, false);
                done += part;
                resumeGuest.run();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes bytes of the guest; waits until there are some.
     *
     * @return how many, or -1 when all writers are gone
     */
    public int read(byte[] bytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (pipe.count() == 0) {
                if (closed || pipe.writers() == 0) {
                    return -1;
                }
                ready.await();
            }
            int taken = pipe.take(new KernelIo(bytes), bytes.length);
            resumeGuest.run();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the host's end: the guest reads end of file, or gets EPIPE. */
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (hostWrites) {
                pipe.dropWriter();
            } else {
                pipe.dropReader();
            }
            ready.signalAll();
            resumeGuest.run();
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything written was taken, for tests and for the end of an instance. */
    public boolean isDrained() {
        lock.lock();
        try {
            return pipe.count() == 0;
        } finally {
            lock.unlock();
        }
    }
}
