package dev.littlecloud.kernel.task;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What leaving the guest with a call and entering it again takes on this host: the shortest stay in
 * a guest that any instance of this process has seen end with a call. Of the process, and not of the
 * instance, so that a clone knows it before its first call. Thread-safe.
 */
final class ExitCost {
    private static final AtomicLong SHORTEST = new AtomicLong(Long.MAX_VALUE);

    private ExitCost() {}

    /** In nanoseconds; 0 before the first call of the process. */
    static long nanos() {
        long shortest = SHORTEST.get();
        return shortest == Long.MAX_VALUE ? 0 : shortest;
    }

    /** A stay in the guest took so long. */
    static void seen(long nanos) {
        if (nanos < SHORTEST.get()) {
            SHORTEST.accumulateAndGet(nanos, Math::min);
        }
    }
}
