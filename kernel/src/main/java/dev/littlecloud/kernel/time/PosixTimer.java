package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalQueue;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import org.jspecify.annotations.Nullable;

/**
 * A timer of timer_create(2). At most one of its signals is pending; expiries in the meantime are
 * counted and told with that signal (timer_getoverrun(2)). Guarded by the instance lock.
 */
public final class PosixTimer {
    /** DELAYTIMER_MAX. */
    private static final long MAX_OVERRUN = Integer.MAX_VALUE;

    /** Shortest distance of expiries nobody sees. */
    private static final long UNSEEN_NANOS = 10_000_000;

    private final ThreadGroup group;
    private final int clock;
    private final Notification notification;
    private final Source source;
    private final int id;
    private long interval;
    private long due;
    private boolean signalPending;
    private long overruns;
    private int lastOverrun;

    /**
     * What an expiry does.
     *
     * @param signal sent at each expiry, 0 for none (SIGEV_NONE)
     * @param value the program's own
     * @param thread who gets it, null for the process
     */
    public record Notification(int signal, long value, @Nullable Task thread) {}

    /** The clock's side of a timer. */
    private interface Source {
        long now();

        void arm(long at);

        void disarm();
    }

    private PosixTimer(
            ThreadGroup group,
            int clock,
            int id,
            Notification notification,
            @Nullable Task thread) {
        this.group = group;
        this.clock = clock;
        this.id = id;
        this.notification = notification;
        this.source = ClockId.isCpuClock(clock) ? cpuSource(thread) : realSource();
    }

    /** A timer on a clock that {@link ClockId#checkTimers} allows; the caller adds it. */
    public static PosixTimer on(Task caller, int clock, int id, Notification notification) {
        Task thread = ClockId.isPerThread(clock) ? ClockId.thread(caller, clock) : null;
        return new PosixTimer(caller.group(), clock, id, notification, thread);
    }

    private Source realSource() {
        Kernel kernel = group.kernel();
        TimerQueue.Timer timer =
                new TimerQueue.Timer() {
                    @Override
                    protected void expired() {
                        PosixTimer.this.expired();
                    }
                };
        return new Source() {
            @Override
            public long now() {
                boolean ofDay = clock == ClockId.REALTIME || clock == ClockId.TAI;
                return ofDay ? kernel.clock().realtimeNanos() : kernel.clock().monotonicNanos();
            }

            @Override
            public void arm(long at) {
                kernel.timers().arm(timer, ClockId.monotonic(kernel, clock, at));
            }

            @Override
            public void disarm() {
                kernel.timers().disarm(timer);
            }
        };
    }

    private Source cpuSource(@Nullable Task thread) {
        CpuTimers timers = group.timers().cpuTimers();
        ClockId.CpuTime time = ClockId.cpuTime(clock);
        ClockId.CpuTime counted = time == null ? ClockId.CpuTime.ALL : time;
        CpuTimers.CpuTimer timer =
                new CpuTimers.CpuTimer() {
                    @Override
                    protected long now() {
                        return thread != null
                                ? ClockId.of(thread, counted)
                                : ClockId.of(group, counted);
                    }

                    @Override
                    protected void expired() {
                        PosixTimer.this.expired();
                    }
                };
        return new Source() {
            @Override
            public long now() {
                return timer.now();
            }

            @Override
            public void arm(long at) {
                timers.arm(timer, at);
            }

            @Override
            public void disarm() {
                timers.disarm(timer);
            }
        };
    }

    /**
     * Starts it anew; timer_settime(2).
     *
     * @param first nanoseconds: a time on the clock or one from now, 0 to stop it
     */
    public void set(long first, long newInterval, boolean absolute) {
        stop();
        interval = newInterval;
        if (first > 0) {
            long now = source.now();
            long at =
                    absolute ? first : first > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + first;
            arm(at);
        }
    }

    private void arm(long at) {
        due = at;
        source.arm(at);
    }

    /** Stops it. A signal of it that is pending already is told without overruns. */
    public void stop() {
        source.disarm();
        due = 0;
        signalPending = false;
        overruns = 0;
        lastOverrun = 0;
    }

    public long interval() {
        return interval;
    }

    /** Nanoseconds to the next expiry, 0 where it is not set. */
    public long remaining() {
        if (due == 0) {
            return 0;
        }
        long now = source.now();
        if (now < due) {
            return due - now;
        }
        if (interval > 0) {
            return due + ((now - due) / interval + 1) * interval - now;
        }
        // Without a signal an expired timer shows nothing; with one it is about to fire.
        return notification.signal == 0 || signalPending ? 0 : 1;
    }

    /** Expiries that the last signal of this timer stood for besides its own. */
    public int lastOverrun() {
        return lastOverrun;
    }

    private void expired() {
        if (notification.signal == 0) {
            if (interval > 0) {
                forward();
                arm(Math.max(due, source.now() + UNSEEN_NANOS));
            }
            return;
        }
        if (isPending()) {
            // Another sender's signal of this number is pending: it stands for this expiry too.
            overruns++;
        } else {
            SigInfo info = SigInfo.timer(notification.signal, id, 0, notification.value);
            Task thread = notification.thread;
            if (thread != null) {
                SignalSending.toThread(thread, info);
            } else {
                SignalSending.toProcess(group, info);
            }
            signalPending = isPending();
        }
        if (interval == 0) {
            due = signalPending ? due : 0;
        } else if (!signalPending) {
            forward();
            arm(Math.max(due, source.now() + UNSEEN_NANOS));
        }
    }

    private boolean isPending() {
        Task thread = notification.thread;
        SignalQueue queue = thread != null ? thread.signals().pending() : group.pendingSignals();
        return (queue.mask() & Signal.bit(notification.signal)) != 0;
    }

    /** Moves the expiry behind now; how many were passed over. */
    private long forward() {
        long late = source.now() - due;
        if (late < 0) {
            return 0;
        }
        long passed = late / interval + 1;
        due += passed * interval;
        return passed;
    }

    /** Its signal is taken: completes what is told with it, and goes on. */
    SigInfo delivered(SigInfo info) {
        if (!signalPending || info.signal() != notification.signal) {
            return info;
        }
        signalPending = false;
        long missed = overruns;
        overruns = 0;
        if (interval > 0) {
            missed += forward() - 1;
            source.arm(due);
        } else {
            due = 0;
        }
        lastOverrun = (int) Math.clamp(missed, 0, MAX_OVERRUN);
        return SigInfo.timer(info.signal(), id, lastOverrun, notification.value);
    }
}
