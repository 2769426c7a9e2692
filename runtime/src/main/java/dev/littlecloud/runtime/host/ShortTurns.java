package dev.littlecloud.runtime.host;

import dev.littlecloud.sys.Threads;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Turns of a processor for threads that serve many and never compute for long: so that they wait
 * a tenth of a millisecond for others that do, and others for them, instead of milliseconds.
 */
public final class ShortTurns {
    private static final System.Logger LOG = System.getLogger(ShortTurns.class.getName());
    private static final long NANOS = 100_000;
    private static final long LONGEST_NANOS = 100_000_000;

    /** The JVM's thread that stops all others, and collects garbage. */
    private static final Pattern STOPPER = Pattern.compile("VM Thread\n");

    private ShortTurns() {}

    /**
     * Gives the calling thread the longest turns there are, since nobody waits for it: it has as much of
     * a processor as others, and whoever wakes up with something to do goes before it.
     */
    public static void leaveToOthers() {
        if (Threads.takeTurns(LONGEST_NANOS) < 0) {
            LOG.log(System.Logger.Level.DEBUG, "a thread has turns as any other");
        }
    }

    /** Gives them to the calling thread. */
    public static void take() {
        if (Threads.takeTurns(NANOS) < 0) {
            LOG.log(System.Logger.Level.DEBUG, "a thread has turns as any other");
        }
    }

    /**
     * Gives them to the JVM's thread that collects garbage: those that serve many wait for it, and
     * not for whoever it waits for.
     */
    public static void giveToCollector() {
        for (Path thread : OwnThreads.named(STOPPER)) {
            Threads.giveTurns(OwnThreads.id(thread), NANOS);
        }
    }
}
