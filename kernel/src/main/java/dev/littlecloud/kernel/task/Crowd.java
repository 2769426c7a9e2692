package dev.littlecloud.kernel.task;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many processors of all instances of this process have a program: where that is more than the
 * host has, whatever else runs takes one from them.
 */
public final class Crowd {
    private static final int HOST_PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final AtomicInteger RUNNING = new AtomicInteger();

    private Crowd() {}

    /** A processor has a program. */
    static void comes() {
        RUNNING.getAndIncrement();
    }

    /** It has none any more. */
    static void goes() {
        RUNNING.getAndDecrement();
    }

    /** Whether they take so many processors of the host. */
    static boolean fills(int count) {
        return RUNNING.get() >= count;
    }

    /** Whether some of them wait for a processor of the host. */
    public static boolean isThere() {
        return RUNNING.get() > HOST_PROCESSORS;
    }
}
