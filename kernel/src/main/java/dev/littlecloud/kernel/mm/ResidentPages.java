package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;

/**
 * How many pages of an address space are there. Counting walks the page table, and programs with
 * large heaps ask many times a second (Redis does ten times). So the count of a large process is used
 * again as long as counting would otherwise take more than a fiftieth of the time. Guarded by the instance lock.
 */
public final class ResidentPages {
    private static final int REST_PER_COUNT = 50;

    /** Up to this many pages are counted anew each time. */
    private static final int FEW = 4096;

    private long all;
    private long anonymous;
    private long sharedMemory;
    private transient long countedAt;
    private long costNanos;

    ResidentPages() {}

    /** All pages that are there. */
    public long all() {
        return all;
    }

    /** Private pages that are not, or no longer, a file's. */
    public long anonymous() {
        return anonymous;
    }

    /** Pages of memory that is shared for writing. */
    public long sharedMemory() {
        return sharedMemory;
    }

    void update(VmaList areas, PageTables tables) {
        long start = System.nanoTime();
        if (all > FEW && start - countedAt < costNanos * REST_PER_COUNT) {
            return;
        }
        all = 0;
        anonymous = 0;
        sharedMemory = 0;
        for (Vma area : areas.all()) {
            long before = all;
            count(area, tables);
            if (area.shared && (area.protection & Vma.WRITE) != 0) {
                sharedMemory += all - before;
            }
        }
        countedAt = System.nanoTime();
        costNanos = countedAt - start;
    }

    private void count(Vma area, PageTables tables) {
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            all++;
            anonymous += Pte.isAnonymous(tables.entry(page)) ? 1 : 0;
        }
    }
}
