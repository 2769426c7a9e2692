package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.ThreadGroup;

/** One of a process's three timers that send a signal each time they expire; setitimer(2). */
public abstract sealed class IntervalTimer {
    public static final int REAL = 0;
    public static final int VIRTUAL = 1;
    public static final int PROFILING = 2;

    final ThreadGroup group;
    private final int signal;
    long interval;

    private IntervalTimer(ThreadGroup group, int signal) {
        this.group = group;
        this.signal = signal;
    }

    /** Nanoseconds to the next expiry, 0 where none is set. */
    public abstract long remaining();

    /** Nanoseconds between expiries, 0 for only one. */
    public final long interval() {
        return interval;
    }

    /**
     * Starts it anew.
     *
     * @param first nanoseconds to the first expiry, 0 to stop it
     * @param newInterval nanoseconds between expiries, 0 for only one
     */
    public final void set(long first, long newInterval) {
        interval = newInterval;
        start(first);
    }

    abstract void start(long first);

    final void send() {
        SignalSending.toProcess(group, SigInfo.fromKernel(signal));
    }

    /** Goes by the time of day and sends SIGALRM. */
    static final class Real extends IntervalTimer {
        private boolean waitsForDelivery;
        private long due;
        private final TimerQueue.Timer timer =
                new TimerQueue.Timer() {
                    @Override
                    protected void expired() {
                        due();
                    }
                };

        Real(ThreadGroup group) {
            super(group, Signal.SIGALRM);
        }

        @Override
        public long remaining() {
            return timer.isArmed() ? Math.max(1, timer.deadline() - now()) : 0;
        }

        @Override
        void start(long first) {
            waitsForDelivery = false;
            group.kernel().timers().disarm(timer);
            if (first > 0) {
                long now = now();
                arm(first > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + first);
            }
        }

        private void arm(long at) {
            due = at;
            group.kernel().timers().arm(timer, at);
        }

        private void due() {
            // It goes on when the signal is taken, as on Linux: a short interval floods nobody, and
            // one whose signal is ignored stops.
            waitsForDelivery = interval != 0;
            send();
        }

        /** The signal was taken from the pending ones. */
        void delivered() {
            if (waitsForDelivery) {
                waitsForDelivery = false;
                arm(nextDue());
            }
        }

        private long nextDue() {
            long late = Math.max(0, now() - due);
            return due + (late / interval + 1) * interval;
        }

        private long now() {
            return group.kernel().clock().monotonicNanos();
        }
    }

    /** Goes by the process's processor time and sends SIGVTALRM or SIGPROF. */
    static final class OfCpu extends IntervalTimer {
        private final CpuTimers timers;
        private final CpuTimers.CpuTimer timer;

        OfCpu(ThreadGroup group, CpuTimers timers, int signal, ClockId.CpuTime time) {
            super(group, signal);
            this.timers = timers;
            this.timer =
                    new CpuTimers.CpuTimer() {
                        @Override
                        protected long now() {
                            return ClockId.of(OfCpu.this.group, time);
                        }

                        @Override
                        protected void expired() {
                            due();
                        }
                    };
        }

        @Override
        public long remaining() {
            return timer.isArmed() ? Math.max(1, timer.expiry() - timer.now()) : 0;
        }

        @Override
        void start(long first) {
            timers.disarm(timer);
            if (first > 0) {
                long now = timer.now();
                timers.arm(timer, first > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + first);
            }
        }

        private void due() {
            send();
            if (interval != 0) {
                long late = Math.max(0, timer.now() - timer.expiry());
                timers.arm(timer, timer.expiry() + (late / interval + 1) * interval);
            }
        }
    }
}
