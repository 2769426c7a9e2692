package dev.littlecloud.machine;

import java.util.Arrays;
import java.util.BitSet;

/** Pages in ascending runs: what is worth bringing in together. Immutable. */
public final class PageRuns {
    /** No pages. */
    public static final PageRuns NONE = new PageRuns(new int[0]);

    /** Starts and lengths in turn. */
    private final int[] runs;

    private PageRuns(int[] runs) {
        this.runs = runs;
    }

    /**
     * The runs of a set of page numbers.
     *
     * @param joined gaps of at most so many pages become part of a run
     */
    public static PageRuns of(BitSet pages, int joined) {
        int[] runs = new int[2 * pages.cardinality()];
        int count = 0;
        for (int start = pages.nextSetBit(0); start >= 0; ) {
            int end = pages.nextClearBit(start);
            int next = pages.nextSetBit(end);
            while (next >= 0 && next - end <= joined) {
                end = pages.nextClearBit(next);
                next = pages.nextSetBit(end);
            }
            runs[count++] = start;
            runs[count++] = end - start;
            start = next;
        }
        return new PageRuns(Arrays.copyOf(runs, count));
    }

    public int count() {
        return runs.length / 2;
    }

    public int start(int run) {
        return runs[2 * run];
    }

    public int length(int run) {
        return runs[2 * run + 1];
    }

    /** All pages together. */
    public int pages() {
        int pages = 0;
        for (int i = 0; i < count(); i++) {
            pages += length(i);
        }
        return pages;
    }
}
