package dev.littlecloud.kernel.mm;

import java.util.BitSet;

/** Which pages of one part of a program its processes have touched, by number. */
final class TouchedPages {
    /** No page beyond is remembered (32 MiB). */
    private static final int MOST = 8192;

    private final BitSet pages = new BitSet();

    /** Pages in a row were touched. */
    void add(long first, long count) {
        if (first >= 0 && first < MOST) {
            pages.set((int) first, (int) Math.min(first + count, MOST));
        }
    }

    /** The first page from this one on that was touched, or a negative number. */
    long next(long from) {
        return from < MOST ? pages.nextSetBit((int) Math.max(from, 0)) : -1;
    }

    /** The first page behind one that was touched which was not. */
    long endOfRun(long from) {
        return pages.nextClearBit((int) from);
    }
}
