package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;

/** How busy the processors were over the last 1, 5 and 15 minutes; proc_loadavg(5). */
public final class LoadAverages {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] SECONDS = {60, 300, 900};

    private final Kernel kernel;

    // Averages decay with time and take in the processor time used since they were last asked for.
    private final double[] averages = new double[SECONDS.length];
    private long takenAt;
    private long busyThen;

    LoadAverages(Kernel kernel) {
        this.kernel = kernel;
    }

    /** The averages up to now, of 1, 5 and 15 minutes. */
    public double[] now() {
        long now = kernel.clock().monotonicNanos();
        long busy = 0;
        for (Processor processor : kernel.scheduler().processors()) {
            busy += processor.userNanos() + processor.systemNanos();
        }
        double elapsed = Math.max(1, now - Math.max(takenAt, kernel.bootedAt()));
        double average = (busy - busyThen) / elapsed;
        for (int i = 0; i < averages.length; i++) {
            double kept = Math.exp(-elapsed / NANOS_PER_SECOND / SECONDS[i]);
            averages[i] = averages[i] * kept + average * (1 - kept);
        }
        takenAt = now;
        busyThen = busy;
        return averages.clone();
    }
}
