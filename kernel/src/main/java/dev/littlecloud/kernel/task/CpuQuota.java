package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.time.TimerQueue;

/**
 * Holds an instance to its processor time: so much in each period, over all its processors. Needed
 * only where the limit is below the number of processors. Guarded by the instance lock.
 */
public final class CpuQuota {
    private static final long PERIOD_NANOS = 20_000_000;

    private final TimerQueue timers;
    private final boolean limited;
    private final long quota;

    // By the host's clock, which is another one after a thaw.
    private transient long periodStart;
    private transient long used;

    /** Where no more time is left in the period the guest is made to leave the processor. */
    private static final class Kick extends TimerQueue.Timer {
        private final Processor processor;

        Kick(Processor processor) {
            this.processor = processor;
        }

        @Override
        protected void expired() {
            processor.kick();
        }
    }

    private final java.util.Map<Processor, Kick> kicks = new java.util.HashMap<>();

    /**
     * @param cpus processor time per time
     * @param processors how many processors there are
     */
    public CpuQuota(double cpus, int processors, TimerQueue timers) {
        this.timers = timers;
        this.limited = cpus < processors;
        this.quota = (long) (cpus * PERIOD_NANOS);
    }

    boolean isLimited() {
        return limited;
    }

    /** Nanoseconds of processor time left in this period; negative where too much was used. */
    long remaining(long now) {
        long periods = (now - periodStart) / PERIOD_NANOS;
        if (periods > 0) {
            periodStart += periods * PERIOD_NANOS;
            // What was overdrawn is paid back, what was not used is lost.
            used = Math.max(0, used - periods * quota);
        }
        return quota - used;
    }

    void consumed(long nanos) {
        used += nanos;
    }

    long untilNextPeriod(long now) {
        return Math.max(1, periodStart + PERIOD_NANOS - now);
    }

    void armKick(long now, Processor processor) {
        Kick kick = kicks.computeIfAbsent(processor, Kick::new);
        if (!kick.isArmed()) {
            timers.armIn(kick, Math.max(100_000, remaining(now)));
        }
    }
}
