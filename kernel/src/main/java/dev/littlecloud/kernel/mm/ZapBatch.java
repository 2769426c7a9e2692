package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import java.util.Arrays;

/**
 * Backing pages whose translations the processors must forget, gathered over one operation and
 * forgotten in few calls: a zap costs about the same for one page as for a long range. Frames that
 * lose their last user are freed only after that.
 */
final class ZapBatch {
    /** So many separate ranges are zapped as one range over all of them (RAM only). */
    private static final int MAX_RANGES = 6;

    /** Longer lists are given up after use: every address space has a batch. */
    private static final int KEPT = 1024;

    /** A hole of so many pages between two ranges is zapped along with them. */
    private static final int JOIN_PAGES = 16;

    private final GuestMemory memory;
    private final Frames frames;
    private long[] pages = new long[64];
    private int pageCount;
    private int[] dropped = new int[64];
    private int droppedCount;

    ZapBatch(GuestMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
    }

    /** Remembers a backing page, by guest-physical address. */
    void zap(long guestPhysical) {
        if (pageCount == pages.length) {
            pages = Arrays.copyOf(pages, pageCount * 2);
        }
        pages[pageCount++] = guestPhysical;
    }

    /** Remembers a frame to release once no processor can reach it. */
    void release(int frame) {
        if (droppedCount == dropped.length) {
            dropped = Arrays.copyOf(dropped, droppedCount * 2);
        }
        dropped[droppedCount++] = frame;
    }

    /** Does what was gathered. */
    void flush() {
        if (pageCount > 0) {
            zapAll();
            pageCount = 0;
        }
        for (int i = 0; i < droppedCount; i++) {
            frames.release(dropped[i]);
        }
        droppedCount = 0;
        if (pages.length > KEPT || dropped.length > KEPT) {
            pages = new long[64];
            dropped = new int[64];
        }
    }

    private void zapAll() {
        if (pageCount > 1) {
            Arrays.sort(pages, 0, pageCount);
        }
        if (ranges() > MAX_RANGES && memory.isRam(pages[0]) && memory.isRam(pages[pageCount - 1])) {
            memory.zap(pages[0], pages[pageCount - 1] + Frames.SIZE - pages[0]);
            return;
        }
        int first = 0;
        while (first < pageCount) {
            int last = endOfRange(first);
            memory.zap(pages[first], pages[last] + Frames.SIZE - pages[first]);
            first = last + 1;
        }
    }

    private int ranges() {
        int count = 0;
        for (int first = 0; first < pageCount; first = endOfRange(first) + 1) {
            count++;
        }
        return count;
    }

    private int endOfRange(int first) {
        int last = first;
        boolean ram = memory.isRam(pages[first]);
        long join = ram ? (long) JOIN_PAGES << Frames.SHIFT : Frames.SIZE;
        while (last + 1 < pageCount
                && pages[last + 1] - pages[last] <= join
                && memory.isRam(pages[last + 1]) == ram) {
            last++;
        }
        return last;
    }
}
