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
import dev.littlecloud.kernel.time.Clock;
import dev.littlecloud.kernel.time.TimerQueue;

/** A timer to wait on: timerfd_create(2). Guarded by the instance lock. */
public final class TimerFd extends OpenFile {
    private final Clock clock;
    private final TimerQueue timers;
    private final boolean realtime;
    private final long zeroAt;
    private final WaitQueue queue = new WaitQueue();
    private final LongBytes bytes = new LongBytes();
    private final TimerQueue.Timer timer =
            new TimerQueue.Timer() {
                @Override
                protected void expired() {
                    fired();
                }
            };

    /** The next expiry on the monotonic clock in nanoseconds; 0 where disarmed. */
    private long deadline;

    private long intervalNanos;

    /** Expiries that nobody has read. */
    private long expirations;

    /**
     * @param realtime whether absolute times are CLOCK_REALTIME's
     * @param zeroAt monotonic time at which another clock shows 0
     */
    public TimerFd(Clock clock, TimerQueue timers, boolean realtime, long zeroAt, int flags) {
        super(OpenFlags.O_RDWR | flags);
        this.clock = clock;
        this.timers = timers;
        this.realtime = realtime;
        this.zeroAt = zeroAt;
    }

    /**
     * Arms the timer.
     *
     * @param value 0 disarms; else the time in nanoseconds
     * @param absolute whether {@code value} is a time of the clock, not from now
     */
    public void set(long value, long interval, boolean absolute) {
        timers.disarm(timer);
        expirations = 0;
        intervalNanos = interval;
        if (value == 0) {
            deadline = 0;
            return;
        }
        long now = clock.monotonicNanos();
        long start = now;
        if (absolute) {
            start = realtime ? now - clock.realtimeNanos() : zeroAt;
        }
        long at = start + value;
        deadline = Math.max(1, absolute || at > now ? at : Long.MAX_VALUE);
        timers.arm(timer, deadline);
    }

    /** Nanoseconds until the next expiry, 0 where disarmed. */
    public long remainingNanos() {
        if (deadline == 0) {
            return 0;
        }
        long now = clock.monotonicNanos();
        if (deadline > now) {
            return deadline - now;
        }
        return intervalNanos == 0 ? 0 : intervalNanos - (now - deadline) % intervalNanos;
    }

    public long intervalNanos() {
        return intervalNanos;
    }

    private void fired() {
        if (intervalNanos == 0) {
            expirations++;
            deadline = 0;
        } else {
            catchUp();
        }
        queue.wake(PollEvents.READABLE);
    }

    /** Counts all periods that have passed, and waits for the next. */
    private void catchUp() {
        long now = clock.monotonicNanos();
        long periods = 1 + (now - deadline) / intervalNanos;
        expirations += periods;
        deadline += periods * intervalNanos;
        timers.arm(timer, deadline);
    }

    /** What has passed since the timer queue last ran. */
    private void settle() {
        if (deadline == 0 || clock.monotonicNanos() < deadline) {
            return;
        }
        timers.disarm(timer);
        if (intervalNanos == 0) {
            expirations++;
            deadline = 0;
        } else {
            catchUp();
        }
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (buffer.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        settle();
        if (expirations == 0) {
            if (isNonblocking()) {
                return -Errno.EAGAIN;
            }
            task.waitOn(queue, PollEvents.READABLE, false);
            return task.block();
        }
        bytes.put(buffer, expirations);
        expirations = 0;
        return Long.BYTES;
    }

    @Override
    public int poll() {
        settle();
        return expirations != 0 ? PollEvents.READABLE : 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected void close() {
        timers.disarm(timer);
    }

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:[timerfd]";
    }
}
