package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;

/**
 * Brings pages of one address space in, when a program or the kernel on its behalf touches them. A
 * fault costs an exit, so more pages than asked for are mapped: those of files as far as they are
 * there anyway, and anonymous ones in windows that grow while a program walks through an area.
 */
final class PageFaults {
    /** Most anonymous pages brought in by one fault (1 MiB). */
    private static final int MAX_WINDOW = 256;

    /** From this many pages on the host backs the pages at once. */
    private static final int POPULATE_FROM = 8;

    /** Pages of a file mapped around a fault (2 MiB). */
    private static final int FILE_AROUND = 512;

    /** A private area of a program of at most so many pages is brought in whole (64 KiB). */
    private static final int DATA_PAGES = 16;

    /** Fewer free frames than this (4 MiB): bring in single pages only. */
    private static final int SCARCE = 1024;

    /** Neighbours looked at when a page becomes writable again after a fork. */
    private static final int REUSE_AROUND = 16;

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;
    private final PageCopies copies;
    private final SharedTables sharedTables;

    PageFaults(
            AddressSpace space,
            GuestMemory memory,
            Frames frames,
            PageTables tables,
            SharedTables sharedTables) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
        this.tables = tables;
        this.sharedTables = sharedTables;
        this.copies = new PageCopies(memory, frames, tables);
    }

    PageCopies copies() {
        return copies;
    }

    /** Makes {@code page} of {@code area} accessible; the area allows {@code write} if it is set. */
    FaultResult resolve(Vma area, long page, boolean write) {
        long entry = tables.entry(page);
        if (Pte.isPresent(entry)) {
            if (write && !Pte.isWritable(entry)) {
                return makeWritable(area, page, entry);
            }
            return FaultResult.RESOLVED;
        }
        if (entry != 0) {
            tables.exchange(page, restored(area, entry));
            return write ? resolve(area, page, true) : FaultResult.RESOLVED;
        }
        if (area.isCommon()) {
            sharedTables.attach(space, area);
            if (tables.entry(page) != 0) {
                return write ? resolve(area, page, true) : FaultResult.RESOLVED;
            }
        }
        if (frames.available() <= 0) {
            // The page may be there already, but not its page table.
            return FaultResult.OUT_OF_MEMORY;
        }
        if (area.file == null) {
            return bringAnonymous(area, page);
        }
        return bringFilePage(area, area.file, page, write);
    }

    /** The present form of an entry that kept its page while the area had no rights. */
    long restored(Vma area, long held) {
        boolean writable =
                (area.protection & Vma.WRITE) != 0 && frames.references(Pte.frame(held)) == 1;
        return Pte.address(held) | Pte.ANONYMOUS | Pte.flags(area.protection, writable);
    }

    private FaultResult bringAnonymous(Vma area, long page) {
        boolean isBelow = page + Frames.SIZE == area.windowStart;
        int window = nextWindow(area, page == area.nextFault || isBelow);
        long first = page;
        int count = 1;
        if (area.growsDown || isBelow) {
            while (count < window && first > area.start && tables.entry(first - Frames.SIZE) == 0) {
                first -= Frames.SIZE;
                count++;
            }
        } else {
            first = startOfWindow(area, page, window);
            long end = Math.min(area.end, first + ((long) window << Frames.SHIFT));
            long present = tables.next(page + Frames.SIZE, end);
            count = (int) (((present == PageTables.NONE ? end : present) - first) >> Frames.SHIFT);
        }
        area.windowStart = first;
        area.nextFault = first + ((long) count << Frames.SHIFT);
        bringRun(area, first, count);
        area.touched(first, count);
        return tables.entry(page) != 0 ? FaultResult.RESOLVED : bringSingle(area, page);
    }

    /** Gives absent pages in a row memory, as far as there is some. */
    void bringRun(Vma area, long first, int count) {
        long flags = anonymousFlags(area);
        if (count > 1 && !frames.hasReusable()) {
            int run = frames.allocateRun(count);
            if (run >= 0) {
                if (count >= POPULATE_FROM) {
                    memory.populate((long) run << Frames.SHIFT, (long) count << Frames.SHIFT);
                    flags = Pte.anticipated(flags);
                }
                tables.map(first, Frames.address(run), count, flags);
                return;
            }
        }
        for (int i = 0; i < count; i++) {
            boolean isBacked = frames.hasReusable();
            int frame = frames.allocate();
            if (frame < 0) {
                return;
            }
            long all = isBacked ? Pte.anticipated(flags) : flags;
            tables.map(first + ((long) i << Frames.SHIFT), Frames.address(frame), all);
        }
    }

    private static long anonymousFlags(Vma area) {
        return Pte.ANONYMOUS | Pte.flags(area.protection, (area.protection & Vma.WRITE) != 0);
    }

    /**
     * A window that does not continue another one begins at a multiple of its size: of so many pages a
     * host that shadows page tables takes all at one touch.
     */
    private long startOfWindow(Vma area, long page, int window) {
        if (window != Vma.FIRST_WINDOW) {
            return page;
        }
        long first = page;
        long lowest = Math.max(area.start, page & -((long) window << Frames.SHIFT));
        while (first > lowest && tables.entry(first - Frames.SIZE) == 0) {
            first -= Frames.SIZE;
        }
        return first;
    }

    private FaultResult bringSingle(Vma area, long page) {
        int frame = frames.allocate();
        if (frame < 0) {
            return FaultResult.OUT_OF_MEMORY;
        }
        tables.map(page, Frames.address(frame), anonymousFlags(area));
        return FaultResult.RESOLVED;
    }

    private int nextWindow(Vma area, boolean continues) {
        if (frames.available() < SCARCE) {
            return 1;
        }
        area.window = continues ? Math.min(area.window * 2, MAX_WINDOW) : Vma.FIRST_WINDOW;
        return area.window;
    }

    private FaultResult bringFilePage(Vma area, PageCache file, long page, boolean write) {
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        long filePages = (file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        if (index >= filePages) {
            return FaultResult.BEYOND_FILE;
        }
        if (write && area.shared) {
            FaultResult mapped = mapShared(area, file, page, index);
            if (mapped == FaultResult.RESOLVED) {
                bringAround(area, file, page, filePages);
            }
            return mapped;
        }
        boolean isData = isProgramData(area, file, index);
        if (write || isData) {
            FaultResult copied = copies.copy(area, file.pageForRead(index), page);
            if (copied == FaultResult.RESOLVED && write) {
                area.touched(page, 1);
            }
            if (isData && copied == FaultResult.RESOLVED) {
                copyRange(area, area.start, area.end);
            } else if (copied == FaultResult.RESOLVED) {
                ZapBatch batch = space.batch();
                copies.copyFollowing(area, file, page, batch);
                batch.flush();
            }
            return copied;
        }
        long source = source(area, file, index);
        if (source < 0) {
            return FaultResult.OUT_OF_MEMORY;
        }
        tables.map(page, source, readFlags(area, file, index));
        bringAround(area, file, page, filePages);
        return FaultResult.RESOLVED;
    }

    /** Where a page of a file is; programs get the copy with rewritten call sites if there is one. */
    private static long source(Vma area, PageCache file, long index) {
        return area.shared ? file.pageForRead(index) : source(file, index, area.protection);
    }

    /** The same for private areas. */
    static long source(PageCache file, long index, int protection) {
        if (!file.patches().isEmpty() && protection == (Vma.READ | Vma.EXEC)) {
            int patched = file.patches().find(index);
            if (patched >= 0) {
                return Frames.address(patched);
            }
        }
        return file.pageForRead(index);
    }

    private static long readFlags(Vma area, PageCache file, long index) {
        boolean writable =
                area.shared && (area.protection & Vma.WRITE) != 0 && file.isPageWritable(index);
        long flags = Pte.flags(area.protection, writable);
        // A private page that can be written will be copied, and would have to be forgotten then.
        boolean stays = area.shared || (area.protection & Vma.WRITE) == 0;
        return stays ? flags | PageTables.ACCESSED : flags;
    }

    /**
     * Whether a page belongs to a small data segment as programs and libraries have, whose pages
     * are nearly all written soon. Contents that can change are left alone: a program may look for
     * the change through a private mapping.
     */
    private static boolean isProgramData(Vma area, PageCache file, long index) {
        return !area.shared
                && (area.protection & Vma.WRITE) != 0
                && area.pageCount() <= DATA_PAGES
                && !file.isPageWritable(index);
    }

    /** Copies pages of a file that cannot change, where there is nothing yet. */
    void copyRange(Vma area, long start, long end) {
        PageCache file = area.file;
        if (file == null) {
            return;
        }
        long filePages = (file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        long index = area.filePage + ((start - area.start) >> Frames.SHIFT);
        for (long page = start; page < end; page += Frames.SIZE, index++) {
            if (index >= filePages || frames.available() < SCARCE) {
                return;
            }
            boolean absent = tables.entry(page) == 0;
            if (absent && file.isResident(index) && !file.isPageWritable(index)) {
                FaultResult unused = copies.copy(area, file.pageForRead(index), page);
            }
        }
    }

    /** Maps a segment that is only read, once all segments of its file are there. */
    void mapText(Vma area) {
        if (area.isCommon()) {
            sharedTables.attach(space, area);
        }
        mapFirst(area, FILE_AROUND);
    }

    /** Maps the first pages of a file's area, as far as that takes no memory. */
    void mapFirst(Vma area, int pages) {
        PageCache file = area.file;
        if (file == null || tables.isShared(area.start) || frames.available() < SCARCE) {
            return;
        }
        long filePages = (file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        long end = Math.min(area.end, area.start + ((long) pages << Frames.SHIFT));
        end = Math.min(end, area.start + ((filePages - area.filePage) << Frames.SHIFT));
        for (long page = area.start; page < end; page += Frames.SIZE) {
            if (tables.entry(page) != 0) {
                continue;
            }
            if (!mapResident(area, file, page)) {
                return;
            }
            // It may be another segment's soon: what was never used can be exchanged for nothing.
            tables.update(page, PageTables.ACCESSED, 0);
        }
    }

    private void bringAround(Vma area, PageCache file, long page, long filePages) {
        if (area.shared && file.isMemory()) {
            bringShared(area, file, page, filePages);
        }
        mapAround(area, file, page, filePages);
    }

    private void mapAround(Vma area, PageCache file, long page, long filePages) {
        long block = Math.max(area.start, page & -((long) FILE_AROUND << Frames.SHIFT));
        for (long before = page - Frames.SIZE; before >= block; before -= Frames.SIZE) {
            if (tables.entry(before) != 0 || !mapResident(area, file, before)) {
                break;
            }
        }
        long end = Math.min(area.end, page + ((long) FILE_AROUND << Frames.SHIFT));
        end = Math.min(end, area.start + ((filePages - area.filePage) << Frames.SHIFT));
        long stop = tables.next(page + Frames.SIZE, end);
        if (stop != PageTables.NONE) {
            end = stop;
        }
        for (long next = page + Frames.SIZE; next < end; next += Frames.SIZE) {
            if (!mapResident(area, file, next)) {
                return;
            }
        }
    }

    /** Maps a page to be read if that takes no memory. */
    private boolean mapResident(Vma area, PageCache file, long page) {
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        if (!file.isResident(index)) {
            return false;
        }
        long source = source(area, file, index);
        if (source < 0) {
            return false;
        }
        tables.map(page, source, readFlags(area, file, index));
        return true;
    }

    private FaultResult mapShared(Vma area, PageCache file, long page, long index) {
        long target = file.pageForWrite(index);
        if (target < 0) {
            return FaultResult.OUT_OF_MEMORY;
        }
        tables.exchange(page, target | Pte.flags(area.protection, true));
        file.written(index, 1);
        return FaultResult.RESOLVED;
    }

    /** Gives pages of shared memory behind one that is touched memory, up to one that has some. */
    private void bringShared(Vma area, PageCache file, long page, long filePages) {
        long window = (long) nextWindow(area, page == area.nextFault) << Frames.SHIFT;
        long behindFile = area.start + ((filePages - area.filePage) << Frames.SHIFT);
        long end = Math.min(Math.min(area.end, behindFile), page + window);
        boolean writable = (area.protection & Vma.WRITE) != 0;
        long flags = Pte.anticipated(Pte.flags(area.protection, writable));
        long next = page + Frames.SIZE;
        for (; next < end && tables.entry(next) == 0; next += Frames.SIZE) {
            long index = area.filePage + ((next - area.start) >> Frames.SHIFT);
            long target = file.isResident(index) ? -1 : file.pageForWrite(index);
            if (target < 0) {
                break;
            }
            tables.map(next, target, flags);
        }
        area.nextFault = next;
    }

    /**
     * Where the contents of a mapped page are as the program knows them: a copy with rewritten call
     * sites is not what it writes to, since sites are only known in pages of the file.
     */
    private static long unpatched(Vma area, long page, long entry) {
        PageCache file = area.file;
        if (file == null || Pte.isAnonymous(entry) || file.patches().isEmpty()) {
            return Pte.address(entry);
        }
        return file.pageForRead(area.filePage + ((page - area.start) >> Frames.SHIFT));
    }

    private FaultResult makeWritable(Vma area, long page, long entry) {
        if (area.shared && area.file != null) {
            return mapShared(
                    area, area.file, page, area.filePage + ((page - area.start) >> Frames.SHIFT));
        }
        if (Pte.isAnonymous(entry)) {
            space.writtenAfterFork(page);
        }
        if (Pte.isAnonymous(entry) && frames.references(Pte.frame(entry)) == 1) {
            reuseAround(area, page);
            return FaultResult.RESOLVED;
        }
        long old = Pte.address(entry);
        FaultResult copied = copies.copy(area, unpatched(area, page, entry), page);
        if (copied != FaultResult.RESOLVED) {
            return copied;
        }
        area.touched(page, 1);
        // Even the faulting processor may read the old page before it writes to the new one: a
        // signal handler can come between.
        ZapBatch batch = space.batch();
        if (Pte.wasUsed(entry)) {
            batch.zap(old);
        }
        if (Pte.isAnonymous(entry)) {
            batch.release(Pte.frame(entry));
        } else if (area.file != null) {
            copies.copyFollowing(area, area.file, page, batch);
        }
        batch.flush();
        return FaultResult.RESOLVED;
    }

    /** After a fork whose other side is gone: this page and its neighbours are ours alone again. */
    private void reuseAround(Vma area, long page) {
        long end = Math.min(area.end, page + ((long) REUSE_AROUND << Frames.SHIFT));
        for (long next = page; next < end; next += Frames.SIZE) {
            long entry = tables.entry(next);
            if (!Pte.isPresent(entry)
                    || !Pte.isAnonymous(entry)
                    || frames.references(Pte.frame(entry)) != 1) {
                return;
            }
            tables.update(next, 0, PageTables.WRITABLE);
        }
    }
}
