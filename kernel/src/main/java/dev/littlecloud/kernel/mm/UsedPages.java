package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.PageTables;
import java.util.Arrays;

/**
 * Which pages of an address space programs touch, by the bits that processors set in its page table.
 * Guarded by the instance lock.
 */
public final class UsedPages {
    /** With fewer free frames than one in so many, pages are not brought in ahead. */
    private static final int SCARCE = 8;

    private final AddressSpace space;
    private final PageTables tables;

    public UsedPages(AddressSpace space) {
        this.space = space;
        this.tables = space.tables();
    }

    /**
     * Marks all pages that are there as used and, where that is allowed, as written: a processor of
     * a clone then finds nothing to change in page tables that all clones share.
     */
    public void preset() {
        forEach((page, entry) -> tables.update(page, 0, Pte.anticipated(entry) & ~entry));
    }

    /** Marks all pages as not used. Before any processor has used the page table. */
    public void forget() {
        forEach((page, entry) -> tables.update(page, PageTables.ACCESSED | PageTables.DIRTY, 0));
    }

    /** The pages that were used, as {@link Machine#touch} takes them. */
    public long[] collect() {
        long[][] found = {new long[64]};
        int[] count = {0};
        forEach(
                (page, entry) -> {
                    if (Pte.wasUsed(entry)) {
                        if (count[0] == found[0].length) {
                            found[0] = Arrays.copyOf(found[0], 2 * count[0]);
                        }
                        boolean written = (entry & PageTables.DIRTY) != 0;
                        found[0][count[0]++] = page | (written ? Machine.TOUCH_WRITE : 0);
                    }
                });
        return Arrays.copyOf(found[0], count[0]);
    }

    private interface Visitor {
        void visit(long page, long entry);
    }

    private void forEach(Visitor visitor) {
        for (Vma area : space.areas()) {
            for (long page = tables.next(area.start, area.end);
                    page != PageTables.NONE;
                    page = tables.next(page + Frames.SIZE, area.end)) {
                long entry = tables.entry(page);
                if (Pte.isPresent(entry)) {
                    visitor.visit(page, entry);
                }
            }
        }
    }

    /**
     * Brings in pages as a program's first touch would, also those that have to be copied after a
     * fork. Before any processor has used the page table, so that none has to be told. Nothing is
     * done about shared memory: files in it would change.
     *
     * @param pages see {@link Machine#touch}
     */
    public void bringIn(long[] pages) {
        Frames frames = space.frames();
        for (long each : pages) {
            if (frames.available() < frames.capacity() / SCARCE) {
                return;
            }
            boolean write = (each & Machine.TOUCH_WRITE) != 0;
            bringIn(each & -Frames.SIZE, write);
        }
    }

    /**
     * Has programs make calls at these sites without leaving the guest, from the first one on. Before
     * any processor has used the page table.
     */
    public void post(long[] sites) {
        for (long each : sites) {
            long site = each & PageTables.USER_END - 1;
            long page = site & -Frames.SIZE;
            // A page table that is not written stays the template's.
            if (Pte.isPresent(tables.entry(page)) && !space.posted().isSite(site)) {
                long start = page - Frames.SIZE;
                long end = page + 2L * Frames.SIZE;
                mark(start, end, PageTables.ACCESSED, 0);
                int number = (int) (each >>> PostedSites.NUMBER_SHIFT);
                boolean unused = space.posted().add(site, number);
                mark(start, end, 0, PageTables.ACCESSED);
            }
        }
    }

    private void mark(long start, long end, long clear, long set) {
        for (long page = start; page < end; page += Frames.SIZE) {
            if (Pte.isPresent(tables.entry(page))) {
                tables.update(page, clear, set);
            }
        }
    }

    /** The pages that calls in this way need, as {@link Machine#touch} takes them. */
    public long[] forPosting() {
        return space.posted().isMapped()
                ? new long[] {PostedCode.PAGE, PostedCode.SLOT_PAGE | Machine.TOUCH_WRITE}
                : new long[0];
    }

    private void bringIn(long page, boolean write) {
        long entry = tables.entry(page);
        boolean isThere = Pte.isPresent(entry) && (!write || Pte.isWritable(entry));
        Vma area = space.areaAt(page);
        if (isThere || area == null || area.shared) {
            return;
        }
        tables.update(page, PageTables.ACCESSED, 0);
        // A page that cannot be had is for the program to find out about.
        FaultResult unused = space.fault(page, write ? Vma.WRITE : Vma.READ);
        long brought = tables.entry(page);
        if (Pte.isPresent(brought)) {
            tables.update(page, 0, Pte.anticipated(brought) & ~brought);
        }
    }
}
