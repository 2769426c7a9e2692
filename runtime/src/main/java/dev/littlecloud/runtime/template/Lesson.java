package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.PageRuns;
import java.util.BitSet;

/**
 * What a template learns of its first clones: which pages a request writes. Later clones copy them
 * at once, which takes a tenth of the time it takes page by page. Thread-safe.
 */
final class Lesson {
    /** Clones that are looked at: what only one of them writes is not worth it. */
    private static final int TEACHERS = 3;

    /** To copy a page that is not written takes less time than another call of the host. */
    private static final int JOINED = 2;

    private final BitSet[] seen = new BitSet[TEACHERS];
    private int count;
    private volatile PageRuns workingSet = PageRuns.NONE;

    /** Of which nobody learns. */
    static Lesson none() {
        Lesson over = new Lesson();
        over.count = TEACHERS;
        return over;
    }

    PageRuns workingSet() {
        return workingSet;
    }

    synchronized boolean isOver() {
        return count == TEACHERS;
    }

    /** A clone has answered its first request. */
    synchronized void learn(Machine machine) {
        if (count == TEACHERS) {
            return;
        }
        seen[count++] = machine.ownPages();
        if (count == TEACHERS) {
            workingSet = PageRuns.of(seenTwice(), JOINED);
        }
    }

    private BitSet seenTwice() {
        BitSet twice = new BitSet();
        BitSet once = new BitSet();
        for (BitSet pages : seen) {
            BitSet again = (BitSet) pages.clone();
            again.and(once);
            twice.or(again);
            once.or(pages);
        }
        return twice;
    }
}
