package dev.littlecloud.gateway.scaling;

/** Time, as a scaler sees it. */
public interface ScalingClock {
    long nanos();

    /** Runs {@code task} once, on any thread, when {@code nanos} have passed. */
    void after(long nanos, Runnable task);
}
