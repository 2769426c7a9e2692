package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;

/**
 * Copies that a program gets of pages it writes to and must not share. A program that walks through
 * a private mapping of a file and changes each page, as a JVM does to move its archive of classes,
 * gets copies ahead of its steps.
 */
final class PageCopies {
    /** Most pages copied at one fault (256 KiB). */
    private static final int MAX_WINDOW = 64;

    /** Fewer free frames than this (4 MiB): copy single pages only. */
    private static final int SCARCE = 1024;

    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;

    PageCopies(GuestMemory memory, Frames frames, PageTables tables) {
        this.memory = memory;
        this.frames = frames;
        this.tables = tables;
    }

    /** Gives {@code page} a copy of what is at a guest-physical address, negative if there is none. */
    FaultResult copy(Vma area, long source, long page) {
        int frame = copied(source);
        if (frame < 0) {
            return FaultResult.OUT_OF_MEMORY;
        }
        long flags = Pte.anticipated(Pte.flags(area.protection, true));
        tables.exchange(page, Frames.address(frame) | Pte.ANONYMOUS | flags);
        return FaultResult.RESOLVED;
    }

    /**
     * Gives a child a copy of a page that its parent goes on to write to.
     *
     * @param entry the parent's
     * @return false where there is no memory for that
     */
    boolean copyTo(PageTables child, long page, long entry) {
        int frame = frames.available() < SCARCE ? -1 : copied(Pte.address(entry));
        if (frame < 0) {
            return false;
        }
        long flags = Pte.anticipated(entry & ~PageTables.ADDRESS_MASK);
        child.exchange(page, Frames.address(frame) | flags);
        return true;
    }

    /** A frame with the contents of a page, or a negative number. */
    private int copied(long source) {
        int frame = source < 0 ? -1 : frames.allocate(false);
        if (frame >= 0) {
            MemorySegment from = memory.at(source, Frames.SIZE);
            MemorySegment.copy(from, 0, memory.ram(), (long) frame << Frames.SHIFT, Frames.SIZE);
        }
        return frame;
    }

    /**
     * Copies the pages after one of a file that was just copied because it was written to, more of
     * them each time the program has walked as far as that.
     *
     * @param batch where translations to forget are gathered
     */
    void copyFollowing(Vma area, PageCache file, long page, ZapBatch batch) {
        area.window = page == area.nextFault ? Math.min(area.window * 2, MAX_WINDOW) : 1;
        long end = Math.min(area.end, page + ((long) area.window << Frames.SHIFT));
        long next = page + Frames.SIZE;
        while (next < end && frames.available() >= SCARCE && copyUnused(area, file, next, batch)) {
            next += Frames.SIZE;
        }
        area.touched(page, (next - page) >> Frames.SHIFT);
        area.nextFault = next;
    }

    /** Copies a page that the program has not looked at yet; whether it did. */
    private boolean copyUnused(Vma area, PageCache file, long page, ZapBatch batch) {
        long entry = tables.entry(page);
        boolean isUnused =
                entry == 0
                        || (Pte.isPresent(entry) && !Pte.isAnonymous(entry) && !Pte.wasUsed(entry));
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        long filePages = (file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        // Contents that can change are left alone: a program may look for the change.
        if (!isUnused
                || index >= filePages
                || !file.isResident(index)
                || file.isPageWritable(index)) {
            return false;
        }
        int frame = copied(file.pageForRead(index));
        if (frame < 0) {
            return false;
        }
        long flags = Pte.anticipated(Pte.flags(area.protection, true));
        long old = tables.exchange(page, Frames.address(frame) | Pte.ANONYMOUS | flags);
        // Another processor may have looked at it just now.
        if (Pte.wasUsed(old)) {
            batch.zap(Pte.address(old));
        }
        return true;
    }
}
