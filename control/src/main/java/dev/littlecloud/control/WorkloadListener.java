package dev.littlecloud.control;

/**
 * Hears of the instances and requests of one revision. Called on any thread, some of which carry
 * requests: must be quick.
 */
public interface WorkloadListener {
    /**
     * An instance started.
     *
     * @param why a sentence
     */
    void started(String instance, String why);

    /**
     * Totals of an instance from its start on; told when {@link Workloads#tellUsage} asks, and once
     * more right before {@link #ended}.
     *
     * @param memoryByteMillis bytes times milliseconds
     */
    void used(
            String instance,
            long guestCpuNanos,
            long kernelCpuNanos,
            long memoryByteMillis,
            long bytesIn,
            long bytesOut);

    /**
     * An instance ended.
     *
     * @param isCrash whether it did so on its own
     * @param why a sentence
     */
    void ended(String instance, boolean isCrash, String why);

    /**
     * An idle instance could not be frozen, and goes on running.
     *
     * @param why a sentence
     */
    void stayedAwake(String instance, String why);

    /**
     * What was kept on disk of the revision cannot be used, or could not be written.
     *
     * @param what a sentence: which of it, why, and what follows
     */
    void snapshotLost(String what);

    /** An instance wrote to its standard output or error. */
    void output(String instance, boolean isError, byte[] bytes);

    /** A request was answered with a status, or the client left: 499. */
    void request(int status, long bytesIn, long bytesOut, long durationNanos);

    /** A request waited for an instance to start. */
    void woke(long nanos);

    /** The program crashes again and again; it is started again only after a while. */
    void crashLoop(String why);

    /** It runs well again. */
    void recovered();
}
