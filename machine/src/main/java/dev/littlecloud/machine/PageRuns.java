package dev.littlecloud.machine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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

    /** The runs of a set of page numbers. */
    public static PageRuns of(BitSet pages) {
        int[] runs = new int[2 * pages.cardinality()];
        int count = 0;
        for (int start = pages.nextSetBit(0); start >= 0; ) {
            int end = pages.nextClearBit(start);
            runs[count++] = start;
            runs[count++] = end - start;
            start = pages.nextSetBit(end);
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

    /** Writes them down for {@link #read}. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(runs.length);
        for (int each : runs) {
            out.writeInt(each);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param pages of the memory that they are part of
     * @throws IOException where they are not ascending runs of that
     */
    public static PageRuns read(DataInput in, long pages) throws IOException {
        int length = in.readInt();
        if (length < 0 || length % 2 != 0 || length > 2 * pages) {
            throw new IOException("runs of pages in " + length + " numbers");
        }
        int[] runs = new int[length];
        long end = 0;
        for (int i = 0; i < length; i += 2) {
            runs[i] = in.readInt();
            runs[i + 1] = in.readInt();
            if (runs[i] < end || runs[i + 1] <= 0) {
                throw new IOException("runs of pages that do not ascend");
            }
            end = (long) runs[i] + runs[i + 1];
        }
        if (end > pages) {
            throw new IOException("runs of pages behind the end");
        }
        return new PageRuns(runs);
    }
}
