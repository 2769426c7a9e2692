package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Host;

/**
 * Whether the thread that watches for calls lets others have its processor: it watches more than it
 * works, and who talks with a program is on that processor or on the program's. With equal shares
 * each of them has to wait for the other's turn to end, and the host puts a client where its program
 * is. Where somebody computes on both, deferring would have programs wait for answers that were
 * begun; so it is given up for a while, and not begun where that is so. Used by one thread.
 */
final class Deference {
    /** Who talks with a program needs a processor for less, and who computes has it for longer. */
    private static final long LONG_WAIT_NANOS = 3_000_000;

    private static final long PAUSE_NANOS = 100_000_000;
    private static final long MAX_PAUSE_NANOS = 6_400_000_000L;

    private final Host host;
    private boolean isDeferring;

    /** When it began, or ended, or the thread last waited for long without; 0 before all that. */
    private long since;

    private long pause = PAUSE_NANOS;

    Deference(Host host) {
        this.host = host;
    }

    /**
     * The thread has watched for a while.
     *
     * @param waitedNanos how long it had no processor meanwhile
     */
    void watched(long waitedNanos, long now) {
        boolean hasWaited = waitedNanos >= LONG_WAIT_NANOS;
        if (isDeferring && hasWaited) {
            boolean wasInVain = now - since < pause * 2;
            pause = wasInVain ? Math.min(pause * 2, MAX_PAUSE_NANOS) : PAUSE_NANOS;
            change(false, now);
        } else if (hasWaited || since == 0) {
            since = now;
        } else if (!isDeferring && now - since >= pause) {
            change(true, now);
        }
    }

    void end() {
        if (isDeferring) {
            change(false, since);
        }
    }

    private void change(boolean toOthers, long now) {
        isDeferring = host.defer(toOthers) && toOthers;
        since = now;
    }
}
