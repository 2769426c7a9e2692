package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.task.Waiter;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of a pipe whose other end is a guest's stdin, stdout or stderr. A host thread moves
 * bytes between it and the real stream; it waits here and never holds the instance lock while the
 * real stream makes it wait.
 */
public final class HostPipe {
    /** What a guest writes soon after something was taken is fetched together with more. */
    private static final long GATHERING_NANOS = 1_000_000;

    private final Kernel kernel;
    private final ReentrantLock lock;
    private final Condition ready;
    private final Pipe pipe;
    private final boolean hostWrites;
    private boolean closed;

    /** The host's, which is another one for each instance. */
    private transient @Nullable Runnable changed;

    /** The instance has ended: nobody inside reads or writes, whoever held the other end. */
    private boolean ended;

    private transient boolean hasTaken;
    private transient long takenAt;

    /** Who takes bytes of the guest leaves it some time to write more. */
    private transient boolean isGathering;

    private HostPipe(Kernel kernel, boolean hostWrites) {
        this.kernel = kernel;
        this.lock = kernel.lock();
        this.ready = lock.newCondition();
        this.pipe = new PipeInode(null, 0, 0, kernel.clock().realtimeNanos()).pipe();
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
                        if (!isGathering || !mayGather()) {
                            ready.signalAll();
                        }
                        Runnable hook = changed;
                        if (hook != null) {
                            hook.run();
                        }
                        return false;
                    }
                });
        kernel.atEnd(this::instanceEnded);
    }

    private void instanceEnded() {
        ended = true;
        ready.signalAll();
    }

    /** A pipe into the guest: the host writes, stdin reads. */
    public static HostPipe input(Kernel kernel) {
        return new HostPipe(kernel, true);
    }

    /** A pipe out of the guest: stdout or stderr writes, the host reads. */
    public static HostPipe output(Kernel kernel) {
        return new HostPipe(kernel, false);
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
                if (closed || ended || pipe.readers() == 0) {
                    return false;
                }
                int part = Math.min(length - done, pipe.room());
                if (part == 0) {
                    ready.await();
                    continue;
                }
                KernelIo source = new KernelIo(bytes);
                source.position(offset + done);
                kernel.fromHost(
                        () -> {
                            pipe.reserve(part);
                            pipe.put(source, part, false);
                        });
                done += part;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the guest can go on writing for a while when nobody takes what it wrote. */
    private boolean mayGather() {
        boolean hasRoom = pipe.count() < pipe.room();
        return hasRoom && pipe.writers() > 0 && !closed && !ended;
    }

    /**
     * A server writes lines of a log all the time: to wake the host's thread for each of them would
     * cost more than the line, and a processor that programs want.
     */
    private void gather() throws InterruptedException {
        long left = hasTaken ? takenAt + GATHERING_NANOS - System.nanoTime() : 0;
        isGathering = true;
        try {
            while (left > 0 && mayGather()) {
                left = ready.awaitNanos(left);
            }
        } finally {
            isGathering = false;
        }
    }

    private void taken() {
        hasTaken = true;
        takenAt = System.nanoTime();
    }

    /**
     * Takes bytes of the guest; waits until there are some, and shortly for more where it took some
     * just before.
     *
     * @return how many, or -1 when all writers are gone
     */
    public int read(byte[] bytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            gather();
            while (pipe.count() == 0) {
                if (closed || ended || pipe.writers() == 0) {
                    return -1;
                }
                ready.await();
            }
            int count = take(bytes);
            taken();
            return count;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has a hook run, with the instance lock held, whenever the guest wrote, read or closed its end.
     * With one, nobody needs to wait in {@link #read}.
     */
    public void onChange(Runnable hook) {
        lock.lock();
        try {
            changed = hook;
        } finally {
            lock.unlock();
        }
    }

    /** What the guest has written and nobody has taken yet, empty where there is nothing. */
    public byte[] takeAll() {
        lock.lock();
        try {
            byte[] bytes = new byte[pipe.count()];
            if (bytes.length > 0) {
                take(bytes);
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** From the moment an instance ends, nothing happens in it any more, but what it wrote is there. */
    private int take(byte[] bytes) {
        if (kernel.hasEnded()) {
            return pipe.take(new KernelIo(bytes), bytes.length);
        }
        int[] count = {0};
        kernel.fromHost(() -> count[0] = pipe.take(new KernelIo(bytes), bytes.length));
        return count[0];
    }

    /** Whether nothing is in it. */
    public boolean isEmpty() {
        lock.lock();
        try {
            return pipe.count() == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the host's end: the guest reads end of file, or gets EPIPE. */
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                kernel.fromHost(hostWrites ? pipe::dropWriter : pipe::dropReader);
                ready.signalAll();
            }
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
