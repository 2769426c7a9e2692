package dev.littlecloud.kernel.time;

import java.util.PriorityQueue;

/**
 * All that is to happen later in one instance, ordered by deadline. Guarded by the instance lock;
 * expiry runs with it held.
 */
public final class TimerQueue {
    /** Something to do at a time. Reusable; armed in at most one place. */
    public abstract static class Timer implements Comparable<Timer> {
        private long deadline;
        private boolean armed;

        /** Runs once, with the instance lock held; may arm again. */
        protected abstract void expired();

        public final long deadline() {
            return deadline;
        }

        public final boolean isArmed() {
            return armed;
        }

        @Override
        public final int compareTo(Timer other) {
            return Long.compare(deadline, other.deadline);
        }

        @Override
        public final boolean equals(Object other) {
            return this == other;
        }

        @Override
        public final int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Hears when the earliest deadline moved forward. */
    public interface Alarm {
        void earliest(long monotonicNanos);
    }

    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Clock clock;
    private final Alarm alarm;

    public TimerQueue(Clock clock, Alarm alarm) {
        this.clock = clock;
        this.alarm = alarm;
    }

    /** Arms a timer for a monotonic time in nanoseconds, or moves it there. */
    public void arm(Timer timer, long deadline) {
        disarm(timer);
        timer.deadline = deadline;
        timer.armed = true;
        timers.add(timer);
        if (timers.peek() == timer) {
            alarm.earliest(deadline);
        }
    }

    public void disarm(Timer timer) {
        if (timer.armed) {
            timer.armed = false;
            timers.remove(timer);
        }
    }

    /** The earliest deadline, or Long.MAX_VALUE. */
    public long earliest() {
        Timer first = timers.peek();
        return first == null ? Long.MAX_VALUE : first.deadline;
    }

    /** Runs what is due; answers the next deadline, or Long.MAX_VALUE. */
    public long runExpired() {
        long now = clock.monotonicNanos();
        for (Timer first = timers.peek(); first != null && first.deadline <= now; ) {
            timers.poll();
            first.armed = false;
            first.expired();
            first = timers.peek();
        }
        return earliest();
    }
}
