package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * Pages that the former process of a program left in the page table of one address space; see {@link
 * EndedSpaces}. They are nowhere until the same is mapped in the same place. Guarded by the instance
 * lock.
 */
final class KeptPages {
    /** Where more pages than this cannot be kept, nothing is: each costs as much as a first touch. */
    private static final int MOST_FORGOTTEN = 16;

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;

    /** Pages that are not zeros any more, though they may still wait for their area. */
    private final Set<Long> filled = new HashSet<>(0);

    KeptPages(AddressSpace space, GuestMemory memory, Frames frames) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
        this.tables = space.tables();
        tables.onReplaced(this::replaced);
    }

    /** An entry gives way to another one: what is not its own any more may be given out. */
    private void replaced(long entry, boolean isSame) {
        boolean isTaken = isSame && Pte.isAnonymous(entry);
        if (!isTaken && memory.isRam(Pte.address(entry))) {
            frames.release(Pte.frame(entry));
        }
    }

    // ---- The next process

    /** Wipes what nobody else has. */
    void wipe() {
        for (long page = tables.nextRemembered(0, PageTables.USER_END);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, PageTables.USER_END)) {
            long entry = tables.remembered(page);
            if (isOwn(entry)) {
                memory.ram()
                        .asSlice((long) Pte.frame(entry) << Frames.SHIFT, Frames.SIZE)
                        .fill((byte) 0);
            }
        }
    }

    private boolean isOwn(long entry) {
        return memory.isRam(Pte.address(entry)) && frames.references(Pte.frame(entry)) == 1;
    }

    /** A zeroed frame for a page outside of all areas, the former one if there is; or -1. */
    static int frameFor(long page, Frames frames, PageTables tables) {
        long entry = tables.remembered(page);
        if (entry == 0 || frames.references(Pte.frame(entry)) != 1) {
            return frames.allocate();
        }
        frames.retain(Pte.frame(entry));
        return Pte.frame(entry);
    }

    /**
     * An area can be touched that could not be before: pages that are what it has there are put in their
     * places again, and processors forget all others.
     *
     * @param isLoading whether it is a library's, of which later segments take the places of earlier
     *     ones: until then pages only have the right contents
     */
    void settle(Vma area, long start, long end, boolean isLoading) {
        for (long page = tables.nextRemembered(start, end);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, end)) {
            boolean unused = settle(area, page, isLoading);
        }
        space.batch().flush();
    }

    /** The same for one page that is touched; whether it is there now. */
    boolean settle(Vma area, long page) {
        boolean isThere = settle(area, page, false);
        space.batch().flush();
        return isThere;
    }

    private boolean settle(Vma area, long page, boolean isLoading) {
        long former = tables.remembered(page);
        long source = sourceOf(area, page);
        boolean isCopy = Pte.isAnonymous(former);
        boolean isWritten = (area.protection & Vma.WRITE) != 0;
        boolean isSame =
                area.file == null
                        ? isCopy
                        : source >= 0 && (isCopy || source == Pte.address(former));
        boolean isCovered = isCovered(former, area.protection, isWritten && isCopy);
        if (area.protection == 0 || area.shared || !isSame || !(isCovered || isLoading)) {
            forget(page, former);
            return false;
        }
        if (isCopy) {
            fill(page, Pte.frame(former), source);
        }
        // Text with call sites waits until it is known which of them are rewritten.
        boolean isText = isCopy && area.file != null && !isWritten;
        if (isLoading || isText) {
            return false;
        }
        put(page, former, area.protection, isWritten && isCopy);
        return true;
    }

    /** Where the file of an area has a page that does not change; a negative number if nowhere. */
    private static long sourceOf(Vma area, long page) {
        PageCache file = area.file;
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        if (file == null
                || index << Frames.SHIFT >= file.size()
                || !file.isResident(index)
                || file.isPageWritable(index)) {
            return -1;
        }
        return PageFaults.source(file, index, area.protection);
    }

    private void forget(long page, long former) {
        space.batch().zap(Pte.address(former));
        if (memory.isRam(Pte.address(former))) {
            space.batch().release(Pte.frame(former));
        }
        tables.forget(page);
    }

    /**
     * The text of a library or a program is there: so are the pages of it that earlier processes had call
     * sites in, as the file has them. No processor of this process has seen them.
     */
    void settleText(Vma area) {
        settle(area, area.start, area.end, false);
        for (long page = tables.nextRemembered(area.start, area.end);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, area.end)) {
            put(page, tables.remembered(page), area.protection, false);
            if (area.protection == (Vma.READ | Vma.EXEC)) {
                space.posted().adopt(page);
            }
        }
    }

    /** Has a wiped frame have the contents of a page of a file, or zeros where there is none. */
    private void fill(long page, int frame, long source) {
        long to = (long) frame << Frames.SHIFT;
        if (source >= 0) {
            MemorySegment from = memory.at(source, Frames.SIZE);
            MemorySegment.copy(from, 0, memory.ram(), to, Frames.SIZE);
            filled.add(page);
        } else if (filled.remove(page)) {
            memory.ram().asSlice(to, Frames.SIZE).fill((byte) 0);
        }
    }

    private void put(long page, long former, int protection, boolean writable) {
        long flags = Pte.anticipated(Pte.flags(protection, writable));
        tables.map(page, Pte.address(former), flags | former & Pte.ANONYMOUS);
    }

    /** Whether translations of what was there allow nothing that the area does not. */
    private static boolean isCovered(long former, int protection, boolean writable) {
        boolean couldWrite = Pte.isWritable(former);
        boolean couldExecute = (former & PageTables.NO_EXECUTE) == 0;
        return (writable || !couldWrite) && ((protection & Vma.EXEC) != 0 || !couldExecute);
    }

    // ---- The end of a process

    /** How many frames there are to keep; a negative number where it is not worth it. */
    int count() {
        int count = 0;
        int forgotten = 0;
        for (Vma area : space.areas()) {
            for (long page = tables.next(area.start, area.end);
                    page != PageTables.NONE && forgotten <= MOST_FORGOTTEN;
                    page = nextOwn(page, area.end)) {
                long entry = tables.entry(page);
                if (tables.isShared(page)) {
                    continue;
                }
                if (stays(area, page, entry)) {
                    count += memory.isRam(Pte.address(entry)) ? 1 : 0;
                } else if (mayBeKnown(entry) && !area.growsDown) {
                    forgotten++;
                }
            }
        }
        for (long page = tables.nextRemembered(0, PageTables.USER_END);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, PageTables.USER_END)) {
            count += memory.isRam(Pte.address(tables.remembered(page))) ? 1 : 0;
        }
        return forgotten > MOST_FORGOTTEN ? -1 : count;
    }

    private long nextOwn(long page, long end) {
        long next = tables.isShared(page) ? (page | SharedTables.SPAN - 1) + 1 : page + Frames.SIZE;
        return next < end ? tables.next(next, end) : PageTables.NONE;
    }

    private static boolean mayBeKnown(long entry) {
        return Pte.isPresent(entry) && Pte.wasUsed(entry);
    }

    /** Whether a page may stay until the next process has the same area. */
    private boolean stays(Vma area, long page, long entry) {
        if (!mayBeKnown(entry) || area.shared || area.growsDown) {
            return false;
        }
        if (Pte.isAnonymous(entry)) {
            return frames.references(Pte.frame(entry)) == 1;
        }
        PageCache file = area.file;
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        return file != null && file.isLasting() && !file.isPageWritable(index);
    }

    /** Takes all pages of the areas away and keeps those that may stay. Nobody runs here any more. */
    void keep() {
        ZapBatch batch = space.batch();
        for (Vma area : space.areas()) {
            for (long page = tables.next(area.start, area.end);
                    page != PageTables.NONE;
                    page = nextOwn(page, area.end)) {
                long entry = tables.entry(page);
                if (tables.isShared(page)) {
                    continue;
                }
                if (stays(area, page, entry)) {
                    remember(page, entry);
                } else {
                    tables.exchange(page, 0);
                    if (mayBeKnown(entry)) {
                        batch.zap(Pte.address(entry));
                    }
                    if (Pte.isAnonymous(entry)) {
                        batch.release(Pte.frame(entry));
                    }
                }
            }
        }
        for (long page = tables.next(0, AddressSpace.LOWEST);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, AddressSpace.LOWEST)) {
            remember(page, tables.entry(page));
        }
        batch.flush();
        tables.detachShared();
    }

    /** A page of RAM that belongs to a file, or to the kernel, must stay what it is. */
    private void remember(long page, long entry) {
        tables.remember(page);
        if (!Pte.isAnonymous(entry) && memory.isRam(Pte.address(entry))) {
            frames.retain(Pte.frame(entry));
        }
    }

    /** Gives everything back that no process took over, though one may still run here. */
    void giveBack() {
        ZapBatch batch = space.batch();
        for (long page = tables.nextRemembered(0, PageTables.USER_END);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, PageTables.USER_END)) {
            long entry = tables.remembered(page);
            batch.zap(Pte.address(entry));
            if (memory.isRam(Pte.address(entry))) {
                batch.release(Pte.frame(entry));
            }
            tables.forget(page);
        }
        batch.flush();
        tables.forgetShared();
    }

    /** Gives page tables that no processor runs with back, and all that is kept in them. */
    static void drop(GuestMemory memory, Frames frames, PageTables tables) {
        for (long page = tables.nextRemembered(0, PageTables.USER_END);
                page != PageTables.NONE;
                page = tables.nextRemembered(page + Frames.SIZE, PageTables.USER_END)) {
            long entry = tables.remembered(page);
            if (memory.isRam(Pte.address(entry))) {
                frames.release(Pte.frame(entry));
            }
        }
        tables.close();
    }
}
