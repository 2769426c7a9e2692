package dev.littlecloud.runtime.host;

import dev.littlecloud.sys.Threads;

/**
 * Turns of a processor for threads that serve many and never compute for long: so that they wait
 * a tenth of a millisecond for others that do, and others for them, instead of milliseconds.
 */
public final class ShortTurns {
    private static final System.Logger LOG = System.getLogger(ShortTurns.class.getName());
    private static final long NANOS = 100_000;

    private ShortTurns() {}

    /** Gives them to the calling thread. */
    public static void take() {
        if (Threads.takeTurns(NANOS) < 0) {
            LOG.log(System.Logger.Level.DEBUG, "a thread has turns as any other");
        }
    }
}
