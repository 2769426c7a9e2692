package dev.littlecloud.runtime.template;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many clones of a template were started at once lately, so that as many are made ahead. What was
 * seen counts for half after an hour, and so on: a service that is asked each hour, or each morning by
 * people who come one after the other, keeps what it needs most, and after a test of load half of what
 * that took is given back within the hour. Thread-safe.
 */
final class Bursts {
    /** Starts within this time are one burst. */
    private static final long AT_ONCE_MILLIS = 1_000;

    /** One that comes again is worth a write to disk after this time. */
    private static final long NEWS_MILLIS = 60_000;

    private final Deque<Long> latest = new ArrayDeque<>();
    private Burst largest;
    private Burst told;

    /** Goes on from what was seen before. */
    Bursts(Burst before) {
        largest = before;
        told = before;
    }

    /** What was not seen, but is to be expected. */
    synchronized void expect(Burst burst, long nowMillis) {
        if (burst.expected(nowMillis) > largest.expected(nowMillis)) {
            largest = burst;
        }
    }

    /** A clone is started. */
    synchronized void started(long nowMillis) {
        latest.add(nowMillis);
        while (latest.size() > StagedClones.MOST || isLongFrom(nowMillis, latest.element())) {
            latest.remove();
        }
        if (latest.size() >= largest.expected(nowMillis)) {
            largest = new Burst(latest.size(), nowMillis);
        }
    }

    /** Also where the clock was set back since. */
    private static boolean isLongFrom(long nowMillis, long millis) {
        return Math.abs(nowMillis - millis) > AT_ONCE_MILLIS;
    }

    /** How many clones the next burst will take, as far as is known; at least one. */
    synchronized int expected(long nowMillis) {
        return Math.max(largest.expected(nowMillis), 1);
    }

    /** What the next process should know. */
    synchronized Burst largest() {
        return largest;
    }

    /** Whether {@link #largest} is worth being written down, and was not when this was asked last. */
    synchronized boolean isNews() {
        boolean isNews =
                largest.starts() > 1
                        && (largest.starts() > told.starts()
                                || largest.millis() - told.millis() > NEWS_MILLIS);
        if (isNews) {
            told = largest;
        }
        return isNews;
    }
}
