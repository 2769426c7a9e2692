package dev.littlecloud.kernel.task;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Processor time of the host that the threads of one processor have used, one thread after the
 * other. Guarded by the instance lock.
 */
final class ThreadTime {
    private long ended;

    // A thawed processor begins without a thread.
    private transient @Nullable LongSupplier clock;
    private transient long began;

    /** On a new thread. */
    void begin(LongSupplier threadClock) {
        began = threadClock.getAsLong();
        clock = threadClock;
    }

    /** On the thread, before it ends. */
    void end() {
        ended = nanos();
        clock = null;
    }

    /** So many nanoseconds up to now. */
    long nanos() {
        LongSupplier running = clock;
        return running == null ? ended : ended + running.getAsLong() - began;
    }
}
