package dev.littlecloud.gateway.scaling;

/** How long to wait after failures in a row. Guarded by the scaler's lock. */
final class Backoff {
    private static final long FIRST_NANOS = 100_000_000L;
    private static final long LONGEST_NANOS = 30_000_000_000L;

    /** An instance that ran for so long has not failed to start. */
    private static final long STABLE_NANOS = 10_000_000_000L;

    /** From here on it is a crash loop. */
    private static final int LOOP = 4;

    private int failures;
    private long notBefore;
    private String reason = "";

    void failed(String why, long now, long livedNanos) {
        failures = livedNanos >= STABLE_NANOS ? 1 : failures + 1;
        reason = why;
        long pause = FIRST_NANOS << Math.min(failures - 1, 20);
        notBefore = now + Math.min(pause, LONGEST_NANOS);
    }

    /** An instance has answered for long enough, or was ended by us. */
    void recovered() {
        failures = 0;
    }

    long pauseNanos(long now) {
        return failures == 0 ? 0 : Math.max(0, notBefore - now);
    }

    boolean isLoop() {
        return failures >= LOOP;
    }

    int failures() {
        return failures;
    }

    String reason() {
        return reason;
    }
}
