package dev.littlecloud.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Waits until this process does nothing by itself any more. After a guest's work its compiler and
 * collector go on for a while, and whatever is measured next on the same processors, such as a program
 * of the host, would be slower for it.
 */
final class Rest {
    /** So long it must have done next to nothing. */
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** One tick of the clock by which the host tells of processes, a tenth of a processor. */
    private static final long NEXT_TO_NOTHING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A process that is never at rest is measured all the same. */
    static final int MOST_WINDOWS = 50;

    private Rest() {}

    /** Waits, for five seconds at most. */
    static void await() throws InterruptedException {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            await(system::getProcessCpuTime, () -> TimeUnit.NANOSECONDS.sleep(WINDOW_NANOS));
        }
    }

    /** Lets some time go by. */
    @FunctionalInterface
    interface Pause {
        void take() throws InterruptedException;
    }

    /** Takes pauses until the processor time that was used has hardly grown in one; whether it did. */
    static boolean await(LongSupplier usedNanos, Pause pause) throws InterruptedException {
        long before = usedNanos.getAsLong();
        for (int i = 0; i < MOST_WINDOWS; i++) {
            pause.take();
            long now = usedNanos.getAsLong();
            if (now - before <= NEXT_TO_NOTHING_NANOS) {
                return true;
            }
            before = now;
        }
        return false;
    }
}
