package dev.littlecloud.node;

import java.util.concurrent.TimeUnit;

/**
 * When a program that crashes is started again: at once, then after longer and longer pauses. For
 * one thread at a time.
 */
final class Backoff {
    /** Crashes in a row from which on it is a loop. */
    static final int LOOP = 3;

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_DOUBLINGS = 8;

    private int crashes;
    private String lastReason = "";
    private long notBefore = Long.MIN_VALUE;

    /**
     * An instance ended by itself.
     *
     * @param startedNanos a long life makes earlier crashes forgotten
     * @param reason a clause
     */
    void crashed(long nowNanos, long startedNanos, String reason) {
        lastReason = reason;
        crashes = nowNanos - startedNanos >= WELL_NANOS ? 1 : crashes + 1;
        if (crashes > 1) {
            long pause = FIRST_NANOS << Math.min(crashes - 2, MOST_DOUBLINGS);
            notBefore = nowNanos + Math.min(pause, LONGEST_NANOS);
        }
    }

    void isWell() {
        crashes = 0;
        notBefore = Long.MIN_VALUE;
    }

    boolean isLoop() {
        return crashes >= LOOP;
    }

    /** What happens to a service, as a sentence. */
    String loop(String service) {
        return "the program of '%s' ended %d times in a row, last because %s"
                .formatted(service, crashes, lastReason);
    }

    int crashes() {
        return crashes;
    }

    /** How long until the next start; zero where it may be made at once. */
    long pauseNanos(long nowNanos) {
        return notBefore == Long.MIN_VALUE ? 0 : Math.max(0, notBefore - nowNanos);
    }
}
