package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.freeze.Freezable;
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

    /** Hears when the earliest deadline moved forward, by {@link System#nanoTime}. */
    public interface Alarm extends Freezable {
        void earliest(long hostNanos);
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
            alarm.earliest(onHost(deadline));
        }
    }

    /** Arms a timer for so many nanoseconds from now. */
    public void armIn(Timer timer, long nanos) {
        arm(timer, clock.monotonicNanos() + nanos);
    }

    public void disarm(Timer timer) {
        if (timer.armed) {
            timer.armed = false;
            timers.remove(timer);
        }
    }

    /** Runs what is due; answers the next deadline by {@link System#nanoTime}, or Long.MAX_VALUE. */
    public long runExpired() {
        long now = clock.monotonicNanos();
        for (Timer first = timers.peek(); first != null && first.deadline <= now; ) {
            timers.poll();
            first.armed = false;
            first.expired();
            first = timers.peek();
        }
        return earliestOnHost();
    }

    /** The earliest deadline by {@link System#nanoTime}, or Long.MAX_VALUE. */
    public long earliestOnHost() {
        Timer first = timers.peek();
        return first == null ? Long.MAX_VALUE : onHost(first.deadline);
    }

    private long onHost(long deadline) {
        long ahead = clock.aheadNanos();
        return ahead < 0 && deadline > Long.MAX_VALUE + ahead ? Long.MAX_VALUE : deadline - ahead;
    }
}
