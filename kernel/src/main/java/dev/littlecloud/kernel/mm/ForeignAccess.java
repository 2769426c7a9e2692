package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * Reads and writes of who looks into a process from outside: a tracer, or /proc/PID/mem. It does so
 * whatever the rights of an area are, where that changes nothing but the process: writes to what it
 * may not write to itself go to a private copy. Code is seen as its file has it, without what was
 * rewritten there. Guarded by the instance lock.
 */
public final class ForeignAccess {
    private static final long IN_PAGE = Frames.SIZE - 1;

    /** Memory that nobody has touched yet. */
    private static final long ZEROS = -1;

    private static final long NOTHING = -2;

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;

    ForeignAccess(AddressSpace space, GuestMemory memory, Frames frames) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
    }

    /** Reads up to the first page that is not there; the number of bytes. */
    public int read(long address, byte[] into, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = address + done;
            int part = (int) Math.min(length - done, Frames.SIZE - (at & IN_PAGE));
            Vma area = space.areaAt(at);
            long source = area == null ? NOTHING : source(area, at & -Frames.SIZE);
            if (source == NOTHING) {
                return done;
            }
            MemorySegment target = MemorySegment.ofArray(into).asSlice(offset + done, part);
            if (source == ZEROS) {
                target.fill((byte) 0);
            } else {
                MemorySegment page = memory.at(source, Frames.SIZE);
                target.copyFrom(page.asSlice(at & IN_PAGE, part));
            }
            done += part;
        }
        return done;
    }

    /** Writes up to the first page that is not there, or is others' as well; the number of bytes. */
    public int write(long address, byte[] from, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = address + done;
            int part = (int) Math.min(length - done, Frames.SIZE - (at & IN_PAGE));
            Vma area = space.areaAt(at);
            if (area == null || !write(area, at, from, offset + done, part)) {
                return done;
            }
            done += part;
        }
        return done;
    }

    private boolean write(Vma area, long at, byte[] from, int offset, int part) {
        if ((area.protection & Vma.WRITE) != 0) {
            try {
                space.memory().write(at, from, offset, part);
                return true;
            } catch (GuestFault badPage) {
                return false;
            }
        }
        int frame = area.shared ? -1 : ownFrame(area, at & -Frames.SIZE);
        if (frame >= 0) {
            long to = ((long) frame << Frames.SHIFT) + (at & IN_PAGE);
            MemorySegment.copy(MemorySegment.ofArray(from), offset, memory.ram(), to, part);
        }
        return frame >= 0;
    }

    /** The physical address of what the process has in a page, as it knows it. */
    private long source(Vma area, long page) {
        long entry = space.tables().entry(page);
        boolean isFilePage = !Pte.isAnonymous(entry) || space.posted().isOwnPage(page);
        if (area.file == null || !isFilePage) {
            return entry == 0 ? ZEROS : Pte.address(entry);
        }
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        long filePages = (area.file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        long source = index < filePages ? area.file.pageForRead(index) : NOTHING;
        return source < 0 ? NOTHING : source;
    }

    /** A frame that holds the page for this process alone; negative without memory for it. */
    private int ownFrame(Vma area, long page) {
        space.posted().restore(page, page + Frames.SIZE);
        space.own(page, page + Frames.SIZE);
        long entry = space.tables().entry(page);
        if (Pte.isAnonymous(entry) && frames.references(Pte.frame(entry)) == 1) {
            return Pte.frame(entry);
        }
        long source = source(area, page);
        int frame = source == NOTHING ? -1 : frames.allocate(source == ZEROS);
        if (frame < 0) {
            return -1;
        }
        if (source != ZEROS) {
            MemorySegment from = memory.at(source, Frames.SIZE);
            MemorySegment.copy(from, 0, memory.ram(), (long) frame << Frames.SHIFT, Frames.SIZE);
        }
        long rights = area.protection == 0 ? Pte.HELD : Pte.flags(area.protection, false);
        long old = space.tables().exchange(page, Frames.address(frame) | Pte.ANONYMOUS | rights);
        ZapBatch batch = space.batch();
        if (Pte.isPresent(old) && Pte.wasUsed(old)) {
            batch.zap(Pte.address(old));
        }
        if (Pte.isAnonymous(old)) {
            batch.release(Pte.frame(old));
        }
        batch.flush();
        return frame;
    }
}
