package dev.littlecloud.kernel.time;

/** The instance's clocks. */
public interface Clock {
    /** CLOCK_MONOTONIC in nanoseconds, the same that the guest's vDSO reads. */
    long monotonicNanos();

    /**
     * What {@link #monotonicNanos} is ahead of {@link System#nanoTime}. Not 0 in an instance that was
     * frozen: its monotonic clock did not run meanwhile.
     */
    long aheadNanos();

    /**
     * Has {@link #monotonicNanos} show a time now. For an instance that has not run since it was
     * thawed.
     */
    void continueAt(long monotonicNanos);

    /** CLOCK_REALTIME in nanoseconds since 1970. */
    long realtimeNanos();
}
