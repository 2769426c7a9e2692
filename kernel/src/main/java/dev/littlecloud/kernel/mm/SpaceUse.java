package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;

/** What an address space takes of the instance's memory. Guarded by the instance lock. */
public final class SpaceUse {
    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;
    private final VmaList areas;
    private final ResidentPages resident = new ResidentPages();

    SpaceUse(GuestMemory memory, Frames frames, PageTables tables, VmaList areas) {
        this.memory = memory;
        this.frames = frames;
        this.tables = tables;
        this.areas = areas;
    }

    /** Mapped bytes. */
    public long mappedBytes() {
        long bytes = 0;
        for (Vma area : areas.all()) {
            bytes += area.end - area.start;
        }
        return bytes;
    }

    /** How many pages are there. */
    public ResidentPages residentPages() {
        resident.update(areas, tables);
        return resident;
    }

    /** Frames of RAM that its pages are in, those shared with others included. */
    public long framesInUse() {
        long count = 0;
        for (Vma area : areas.all()) {
            for (long page = tables.next(area.start, area.end);
                    page != PageTables.NONE;
                    page = tables.next(page + Frames.SIZE, area.end)) {
                count += memory.isRam(Pte.address(tables.entry(page))) ? 1 : 0;
            }
        }
        return count;
    }

    /** How the pages of an area are used. Walks the page table. */
    public PageCounts countPages(Vma area) {
        long resident = 0;
        long anonymous = 0;
        long shared = 0;
        long sharedDirty = 0;
        long dirty = 0;
        long referenced = 0;
        long proportional = 0;
        int fileUsers = area.file == null ? 1 : area.file.mappingSpaces();
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            long entry = tables.entry(page);
            boolean own = Pte.isAnonymous(entry);
            int sharers = own ? frames.references(Pte.frame(entry)) : fileUsers;
            boolean written = own || (entry & PageTables.DIRTY) != 0;
            resident++;
            anonymous += own ? 1 : 0;
            dirty += written ? 1 : 0;
            shared += sharers > 1 ? 1 : 0;
            sharedDirty += sharers > 1 && written ? 1 : 0;
            referenced += Pte.wasUsed(entry) ? 1 : 0;
            proportional += Frames.SIZE / Math.max(1, sharers);
        }
        return new PageCounts(
                resident, anonymous, shared, sharedDirty, dirty, referenced, proportional);
    }

    /** Bytes of its page tables. */
    public long tableBytes() {
        return tables.tableBytes();
    }

    /** Size of the last level of the page table, in bytes: a page for each 2 MiB in use. */
    public long pageTableBytes() {
        long last = -1;
        long bytes = 0;
        for (Vma area : areas.all()) {
            for (long page = tables.next(area.start, area.end);
                    page != PageTables.NONE;
                    page = tables.next(((page >> 21) + 1) << 21, area.end)) {
                bytes += page >> 21 == last ? 0 : Frames.SIZE;
                last = page >> 21;
                if ((last + 1) << 21 >= area.end) {
                    break;
                }
            }
        }
        return bytes;
    }
}
