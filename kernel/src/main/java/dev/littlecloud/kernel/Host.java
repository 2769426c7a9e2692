package dev.littlecloud.kernel;

/** What the kernel needs of the process it runs in. */
public interface Host {
    /** Runs a processor's loop on a platform thread of its own. */
    void startCarrier(String name, Runnable loop);

    /**
     * Calls {@link Kernel#timersDue} at a monotonic time in nanoseconds, or earlier. A later call
     * replaces an earlier one if its time is sooner.
     */
    void wakeAt(Kernel kernel, long monotonicNanos);

    /** The instance has ended; called once, without the lock. */
    void ended(Kernel kernel, InstanceEnd end);
}
