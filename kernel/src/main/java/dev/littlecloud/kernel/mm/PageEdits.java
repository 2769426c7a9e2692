package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;
import org.jspecify.annotations.Nullable;

/**
 * Changes pages that are there: takes them away, moves them, shares them, gives them other rights.
 * Whoever calls flushes the batch. Guarded by the instance lock.
 */
final class PageEdits {
    private final Frames frames;
    private final PageTables tables;
    private final PageFaults faults;
    private final ZapBatch batch;

    PageEdits(Frames frames, PageTables tables, PageFaults faults, ZapBatch batch) {
        this.frames = frames;
        this.tables = tables;
        this.faults = faults;
        this.batch = batch;
    }

    /** Takes the pages of a range away. */
    void clear(long start, long end) {
        for (long page = tables.next(start, end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, end)) {
            forget(tables.exchange(page, 0));
        }
    }

    private void forget(long entry) {
        if (Pte.isPresent(entry) && Pte.wasUsed(entry)) {
            batch.zap(Pte.address(entry));
        }
        if (Pte.isAnonymous(entry)) {
            batch.release(Pte.frame(entry));
        }
    }

    /**
     * Takes pages of a file away.
     *
     * @param alsoCopies whether private copies of them go, too
     */
    void clearFilePages(long start, long end, boolean alsoCopies) {
        for (long page = tables.next(start, end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, end)) {
            if (alsoCopies || !Pte.isAnonymous(tables.entry(page))) {
                forget(tables.exchange(page, 0));
            }
        }
    }

    /** Moves the pages of a range; mremap(2). */
    void move(long from, long end, long to) {
        for (long page = tables.next(from, end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, end)) {
            long entry = tables.exchange(page, 0);
            if (Pte.isPresent(entry) && Pte.wasUsed(entry)) {
                batch.zap(Pte.address(entry));
            }
            long fresh = entry & ~(PageTables.ACCESSED | PageTables.DIRTY);
            tables.exchange(to + (page - from), fresh);
        }
    }

    /**
     * Shares the pages of an area with a child until one side writes; fork(2).
     *
     * @param soonWritten pages of which the child gets its own; null for none
     */
    void share(Vma area, PageTables child, @Nullable ForkedPages soonWritten) {
        long fresh = ~(PageTables.ACCESSED | PageTables.DIRTY);
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            if (tables.isShared(page)) {
                if (!child.hasTable(page)) {
                    child.attachAs(page, tables);
                }
                page = (page | (SharedTables.SPAN - 1)) + 1 - Frames.SIZE;
                continue;
            }
            long entry = tables.entry(page);
            if (Pte.isAnonymous(entry)) {
                if (soonWritten != null
                        && soonWritten.contains(page)
                        && Pte.isWritable(entry)
                        && faults.copies().copyTo(child, page, entry)) {
                    continue;
                }
                frames.retain(Pte.frame(entry));
                if (Pte.isWritable(entry)) {
                    long old = tables.update(page, PageTables.WRITABLE, 0);
                    if ((old & PageTables.DIRTY) != 0) {
                        batch.zap(Pte.address(old));
                    }
                }
                child.exchange(page, entry & fresh & ~PageTables.WRITABLE);
            } else {
                // The child uses the program as its parent did: see Pte.anticipated().
                child.exchange(page, entry & ~PageTables.DIRTY);
            }
        }
    }

    /** Gives the pages of an area the rights that it has now; mprotect(2). */
    void protect(Vma area) {
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            long entry = tables.entry(page);
            if (area.protection == 0) {
                hold(page, entry);
            } else if (Pte.isPresent(entry)) {
                changeRights(area, page, entry);
            } else {
                tables.exchange(page, faults.restored(area, entry));
            }
        }
    }

    /** Makes a page inaccessible; an anonymous one keeps its frame in the absent entry. */
    private void hold(long page, long entry) {
        long held = Pte.isAnonymous(entry) ? Pte.address(entry) | Pte.ANONYMOUS | Pte.HELD : 0;
        long old = tables.exchange(page, held);
        if (Pte.isPresent(old) && Pte.wasUsed(old)) {
            batch.zap(Pte.address(old));
        }
    }

    private void changeRights(Vma area, long page, long entry) {
        boolean writable = (area.protection & Vma.WRITE) != 0;
        if (writable && Pte.isAnonymous(entry)) {
            writable = frames.references(Pte.frame(entry)) == 1;
        } else if (writable) {
            // A private page of a file is copied at the first write; a shared one may have to move.
            writable = area.shared && Pte.isWritable(entry);
        }
        long wanted = Pte.flags(area.protection, writable);
        long mask = PageTables.WRITABLE | PageTables.NO_EXECUTE;
        long old = tables.update(page, mask & ~wanted, mask & wanted);
        boolean lostWrite = Pte.isWritable(old) && !writable;
        boolean lostExecute =
                (old & PageTables.NO_EXECUTE) == 0 && (wanted & PageTables.NO_EXECUTE) != 0;
        // A processor holds a writable translation only of an entry with the dirty bit.
        if ((lostWrite && (old & PageTables.DIRTY) != 0) || (lostExecute && Pte.wasUsed(old))) {
            batch.zap(Pte.address(old));
        }
    }
}
