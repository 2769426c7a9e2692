package dev.littlecloud.kernel.time;

/** The instance's clocks. */
public interface Clock {
    /** CLOCK_MONOTONIC in nanoseconds, the same that the guest's vDSO reads. */
    long monotonicNanos();

    /** CLOCK_REALTIME in nanoseconds since 1970. */
    long realtimeNanos();
}
