package dev.littlecloud.kernel.task;

/** What read(2), write(2) and their relatives moved; /proc/PID/io. */
public final class TransferCounts {
    private long reads;
    private long writes;
    private long bytesRead;
    private long bytesWritten;

    /** A call read {@code result} bytes, or failed or slept with another value. */
    public void read(long result) {
        if (result != Task.BLOCK) {
            reads++;
            bytesRead += Math.max(0, result);
        }
    }

    /** A call wrote {@code result} bytes, or failed or slept with another value. */
    public void wrote(long result) {
        if (result != Task.BLOCK) {
            writes++;
            bytesWritten += Math.max(0, result);
        }
    }

    void add(TransferCounts other) {
        reads += other.reads;
        writes += other.writes;
        bytesRead += other.bytesRead;
        bytesWritten += other.bytesWritten;
    }

    /** Of a process: of its living and its ended threads. */
    public static TransferCounts of(ThreadGroup process) {
        TransferCounts sum = new TransferCounts();
        sum.add(process.times().endedTransfers);
        for (Task thread : process.threads()) {
            sum.add(thread.transfers());
        }
        return sum;
    }

    public long reads() {
        return reads;
    }

    public long writes() {
        return writes;
    }

    public long bytesRead() {
        return bytesRead;
    }

    public long bytesWritten() {
        return bytesWritten;
    }
}
