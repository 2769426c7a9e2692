package dev.littlecloud.kernel.task;

import java.util.ArrayDeque;

/**
 * What the outside is to be told of, kept back for a moment: whoever is told wakes up, and takes the
 * processor from the one that answers calls in the middle of them. Used by one thread.
 */
final class LateNews {
    private static final long LONGEST_NANOS = 50_000;

    private final ArrayDeque<Runnable> news = new ArrayDeque<>();
    private long since;

    void add(Runnable item) {
        if (news.isEmpty()) {
            since = System.nanoTime();
        }
        news.add(item);
    }

    boolean isDue() {
        return !news.isEmpty() && System.nanoTime() - since >= LONGEST_NANOS;
    }

    /** Tells of one thing: who has more calls to answer does so in between. */
    void tellNext() {
        Runnable item = news.poll();
        if (item != null) {
            item.run();
        }
    }

    void tell() {
        for (Runnable item = news.poll(); item != null; item = news.poll()) {
            item.run();
        }
    }
}
