package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Copies of program pages with rewritten call sites that belong to one address space. They hold what
 * the file holds, but for the jumps: so they can be given back at any time. Guarded by the instance
 * lock.
 */
final class PostedPages {
    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private long[] pages = {};
    private int count;

    PostedPages(AddressSpace space, GuestMemory memory, Frames frames) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
    }

    void copyTo(PostedPages child) {
        child.pages = Arrays.copyOf(pages, count);
        child.count = count;
    }

    private static long page(long address) {
        return address & -Frames.SIZE;
    }

    private int find(long page) {
        for (int i = 0; i < count; i++) {
            if (pages[i] == page) {
                return i;
            }
        }
        return -1;
    }

    boolean contains(long page) {
        return find(page) >= 0;
    }

    /** One of them in a range, or -1. */
    long firstIn(long start, long end) {
        for (int i = 0; i < count; i++) {
            if (pages[i] >= start && pages[i] < end) {
                return pages[i];
            }
        }
        return -1;
    }

    /** Whether a page is there, and as the file has it but for what was done here. */
    private boolean isCopyable(long page) {
        long entry = space.tables().entry(page);
        return Pte.isPresent(entry) && (!Pte.isAnonymous(entry) || contains(page));
    }

    /**
     * Writes the jump of a site, into new copies.
     *
     * @param last the page in which the site ends
     * @return false where there is no memory for that, or the program has pages of its own there
     */
    boolean writeJump(long start, long last, int site) {
        long first = page(start);
        if (!isCopyable(first) || !isCopyable(last)) {
            return false;
        }
        if (isUnseen(first) && isUnseen(last)) {
            write(start, site, frameOf(first), frameOf(last));
            return true;
        }
        int frame = frames.allocate(false);
        int second = frame < 0 || last == first ? frame : frames.allocate(false);
        if (second < 0) {
            if (frame >= 0) {
                frames.release(frame);
            }
            return false;
        }
        copy(first, frame);
        if (last != first) {
            copy(last, second);
        }
        write(start, site, frame, second);
        space.own(first, last + Frames.SIZE);
        exchange(first, frame, last, second);
        return true;
    }

    /** Whether a page is a copy already that no processor has seen, nor another process has. */
    private boolean isUnseen(long page) {
        return contains(page)
                && !Pte.wasUsed(space.tables().entry(page))
                && frames.references(frameOf(page)) == 1;
    }

    private int frameOf(long page) {
        return Pte.frame(space.tables().entry(page));
    }

    private void write(long start, int site, int frame, int second) {
        for (int i = 0; i < SiteForm.JUMP_BYTES; i++) {
            int to = page(start + i) == page(start) ? frame : second;
            memory.ram().set(JAVA_BYTE, offset(to, start + i), PostedCode.jump(site, i));
        }
    }

    private void copy(long page, int frame) {
        MemorySegment from = memory.at(Pte.address(space.tables().entry(page)), Frames.SIZE);
        MemorySegment.copy(from, 0, memory.ram(), offset(frame, page), Frames.SIZE);
    }

    /**
     * Other threads may be anywhere in the pages: they see the old ones or the new ones. Of two, the
     * first is taken away meanwhile: who comes there waits for the lock.
     */
    private void exchange(long first, int frame, long last, int second) {
        long flags = flags(first);
        if (last != first) {
            long lastFlags = flags(last);
            put(first, 0);
            put(last, Frames.address(second) | lastFlags);
        }
        put(first, Frames.address(frame) | flags);
    }

    private long flags(long page) {
        long kept = ~PageTables.ADDRESS_MASK & ~PageTables.WRITABLE & ~PageTables.DIRTY;
        return space.tables().entry(page) & kept | Pte.ANONYMOUS;
    }

    private void put(long page, long entry) {
        forget(space.tables().exchange(page, entry));
        space.batch().flush();
        if (entry != 0 && !contains(page)) {
            if (count == pages.length) {
                pages = Arrays.copyOf(pages, Math.max(4, count * 2));
            }
            pages[count++] = page;
        }
    }

    private void forget(long entry) {
        if (Pte.isPresent(entry) && Pte.wasUsed(entry)) {
            space.batch().zap(Pte.address(entry));
        }
        if (Pte.isAnonymous(entry)) {
            space.batch().release(Pte.frame(entry));
        }
    }

    /** Gives a copy back. Whoever calls flushes the batch. */
    void giveBack(long page) {
        pages[find(page)] = pages[--count];
        forget(space.tables().exchange(page, 0));
    }

    /** Whether the jump of a site is in place. */
    boolean hasJump(long start, int site) {
        for (int i = 0; i < SiteForm.JUMP_BYTES; i++) {
            long entry = space.tables().entry(page(start + i));
            if (!Pte.isPresent(entry)
                    || !Pte.isAnonymous(entry)
                    || memory.ram().get(JAVA_BYTE, offset(Pte.frame(entry), start + i))
                            != PostedCode.jump(site, i)) {
                return false;
            }
        }
        return true;
    }

    private static long offset(int frame, long address) {
        return ((long) frame << Frames.SHIFT) + (address & (Frames.SIZE - 1));
    }
}
