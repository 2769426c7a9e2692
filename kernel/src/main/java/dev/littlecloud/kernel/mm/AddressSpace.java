package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.AioContexts;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process's virtual memory. Three layers: areas say what the program asked for, frames and page
 * caches hold the contents, and the page table is a cache of both that is filled by faults. Guarded
 * by the instance lock.
 *
 * <p>A processor may use an old translation of an entry whose accessed bit was set, so taking such
 * an entry away or giving it fewer rights ends in a {@link ZapBatch}.
 */
public final class AddressSpace {
    /** mmap_min_addr of Linux: nothing is mapped below. */
    static final long LOWEST = 0x10000;

    /** End of what programs may map; the last page stays free as on Linux. */
    static final long HIGHEST = PageTables.USER_END - Frames.SIZE;

    /** Distance that a growing stack keeps to the area below it, as Linux does. */
    private static final long STACK_GAP = 256L << Frames.SHIFT;

    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;
    private final VmaList areas;
    private final ResidentPages resident = new ResidentPages();
    private final PageFaults faults;
    private final ZapBatch batch;
    private final UserCopy copy;
    private final PostedCalls posted;
    private int users = 1;
    private boolean reaped;
    private long finalPages;
    private long mmapTop = HIGHEST;
    private final ProgramBreak programBreak = new ProgramBreak(this);
    private final ProgramLayout layout = new ProgramLayout();
    private final AioContexts aioContexts;

    public AddressSpace(GuestMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
        this.areas = new VmaList(frames);
        this.tables = memory.newPageTables();
        this.faults = new PageFaults(this, memory, frames, tables);
        this.batch = new ZapBatch(memory, frames);
        this.copy = new UserCopy(this, memory, frames, tables);
        this.aioContexts = new AioContexts(frames);
        this.posted = new PostedCalls(this, memory, frames);
    }

    /** Its system calls that do not leave the guest. */
    public PostedCalls posted() {
        return posted;
    }

    /** What the vCPU needs to run in this address space. */
    public long pageTableRoot() {
        return tables.root();
    }

    public UserMemory memory() {
        return copy;
    }

    Frames frames() {
        return frames;
    }

    PageTables tables() {
        return tables;
    }

    /** Has processors look an address up again, where a host missed an edit of the page table. */
    public void forgetTranslation(long address) {
        long entry = tables.entry(address & -Frames.SIZE);
        if (Pte.isPresent(entry)) {
            memory.zap(Pte.address(entry), Frames.SIZE);
        }
    }

    ZapBatch batch() {
        return batch;
    }

    /** Tasks that use this address space. */
    public int users() {
        return users;
    }

    /** One more task uses it (a thread, or vfork(2)). */
    public void share() {
        users++;
    }

    /** One task less; the last one frees everything. No processor may run in it any more. */
    public void leave() {
        if (--users == 0) {
            for (Vma area : areas.all()) {
                releaseFrames(area);
            }
            for (Vma area : areas.all()) {
                if (area.file != null) {
                    area.file.detach(area);
                }
            }
            areas.clear();
            aioContexts.close();
            posted.close();
            tables.close();
        }
    }

    /**
     * Takes all private pages away for want of memory. The processes that use it are ending: from
     * now on nothing can be touched in it.
     */
    public void reap() {
        reaped = true;
        for (Vma area : areas.all()) {
            if (!area.shared) {
                clear(area.start, area.end);
            }
        }
        batch.flush();
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

    /** Bytes of its page tables. */
    public long tableBytes() {
        return tables.tableBytes();
    }

    /** Frees frames of an area of a dead address space: nobody translates through it any more. */
    private void releaseFrames(Vma area) {
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            long entry = tables.entry(page);
            finalPages++;
            if (Pte.isAnonymous(entry)) {
                frames.release(Pte.frame(entry));
            }
        }
    }

    /** Bytes that were in memory when the last task left, 0 before; getrusage(2). */
    public long finalBytes() {
        return finalPages << Frames.SHIFT;
    }

    /** Areas in order of their addresses, for /proc/PID/maps. */
    public List<Vma> areas() {
        return areas.all();
    }

    public @Nullable Vma areaAt(long address) {
        return areas.at(address);
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

    /** The first page in a range that is in memory, or -1; for mincore(2). */
    public long nextResident(long from, long end) {
        return tables.next(from, end);
    }

    /** Queues of file operations, which fork(2) does not copy. */
    public AioContexts aioContexts() {
        return aioContexts;
    }

    /** Whether mseal(2) forbids to change any area of a range. */
    public boolean isSealed(long start, long end) {
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                return false;
            }
            if (area.sealed) {
                return true;
            }
        }
        return false;
    }

    // ---- Faults

    /**
     * Brings in the page that a program or the kernel touched.
     *
     * @param access one of {@link Vma#READ}, {@link Vma#WRITE}, {@link Vma#EXEC}
     */
    public FaultResult fault(long address, int access) {
        if (reaped || Long.compareUnsigned(address, PageTables.USER_END) >= 0) {
            return FaultResult.NOT_MAPPED;
        }
        Vma area = areas.at(address);
        if (area == null) {
            area = growStack(address);
            if (area == null) {
                return FaultResult.NOT_MAPPED;
            }
        }
        int needed = access == Vma.READ ? Vma.READ | Vma.WRITE | Vma.EXEC : access;
        if ((area.protection & needed) == 0) {
            return FaultResult.NOT_ALLOWED;
        }
        long page = address & -Frames.SIZE;
        return faults.resolve(area, page, access == Vma.WRITE);
    }

    private @Nullable Vma growStack(long address) {
        int index = areas.firstEndingAfter(address);
        if (index == areas.size()) {
            return null;
        }
        Vma above = areas.get(index);
        long start = address & -Frames.SIZE;
        if (!above.growsDown || above.end - start > layout.stackLimit) {
            return null;
        }
        if (index > 0) {
            Vma below = areas.get(index - 1);
            long gap = (below.protection == 0) ? 0 : STACK_GAP;
            if (start < below.end + gap) {
                return null;
            }
        }
        above.filePage -= (above.start - start) >> Frames.SHIFT;
        above.start = start;
        areas.forgetHint();
        return above;
    }

    // ---- Mapping

    /** A free range for a mapping of {@code length} bytes, or {@code -ENOMEM}. */
    public long findFree(long hint, long length, boolean below4GiB) {
        if (length > HIGHEST) {
            return -Errno.ENOMEM;
        }
        if (hint >= LOWEST && hint <= HIGHEST - length && !areas.overlaps(hint, hint + length)) {
            return hint;
        }
        long found =
                below4GiB
                        ? areas.lowestGap(length, 0x4000_0000L, 0x8000_0000L)
                        : areas.highestGap(length, LOWEST, mmapTop);
        if (found < 0 && !below4GiB) {
            found = areas.highestGap(length, LOWEST, HIGHEST);
        }
        return found < 0 ? -Errno.ENOMEM : found;
    }

    public boolean isFree(long start, long end) {
        return !areas.overlaps(start, end);
    }

    /**
     * Maps a range, which must be free and page-aligned.
     *
     * @param file contents, or null for anonymous private memory
     * @param filePage page of the file at {@code start}
     * @return the new area, or null where there are too many
     */
    public @Nullable Vma map(
            long start,
            long length,
            int protection,
            boolean shared,
            @Nullable PageCache file,
            long filePage,
            String name) {
        if (!areas.hasRoomFor(1)) {
            return null;
        }
        Vma area = new Vma(this, start, start + length, protection, shared, file, filePage, name);
        if (file != null) {
            file.attach(area);
        }
        areas.insert(area);
        return area;
    }

    /** Merges the area at {@code start} with its neighbours where they are alike. */
    public void merge(long start) {
        int index = areas.firstEndingAfter(start);
        if (index < areas.size() && index > 0) {
            mergeWithNext(index - 1);
            index = areas.firstEndingAfter(start);
        }
        if (index + 1 < areas.size()) {
            mergeWithNext(index);
        }
    }

    private void mergeWithNext(int index) {
        Vma first = areas.get(index);
        Vma second = areas.get(index + 1);
        if (first.joins(second)) {
            areas.remove(second);
            first.end = second.end;
            if (second.file != null) {
                second.file.detach(second);
            }
            areas.forgetHint();
        }
    }

    /** Cuts the area that spans {@code address} into two there; false where there are too many. */
    private boolean splitAt(long address) {
        Vma area = areas.at(address);
        if (area == null || area.start == address) {
            return true;
        }
        if (!areas.hasRoomFor(1)) {
            return false;
        }
        Vma upper = area.over(this, address, area.end);
        area.end = address;
        if (upper.file != null) {
            upper.file.attach(upper);
        }
        areas.insert(upper);
        areas.forgetHint();
        return true;
    }

    /** Unmaps whatever is in a page-aligned range: 0 or {@code -ENOMEM}. */
    public int unmap(long start, long end) {
        if (!areas.overlaps(start, end)) {
            return 0;
        }
        if (!splitAt(start) || !splitAt(end)) {
            return -Errno.ENOMEM;
        }
        List<Vma> gone = new ArrayList<>(2);
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            clear(area.start, area.end);
            gone.add(area);
        }
        batch.flush();
        for (Vma area : gone) {
            areas.remove(area);
            if (area.file != null) {
                area.file.detach(area);
            }
        }
        return 0;
    }

    /** Takes the entries of a range away; the caller flushes the batch. */
    private void clear(long start, long end) {
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

    /** Drops the contents of private pages in a range: anonymous ones read as zero again. */
    public void discard(long start, long end) {
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            clear(Math.max(start, area.start), Math.min(end, area.end));
        }
        batch.flush();
    }

    /** Brings in all pages of a range: 0, or what stopped it. */
    public FaultResult populate(long start, long end, boolean write) {
        for (long page = start; page < end; page += Frames.SIZE) {
            FaultResult result = fault(page, write ? Vma.WRITE : Vma.READ);
            if (result != FaultResult.RESOLVED) {
                return result;
            }
        }
        return FaultResult.RESOLVED;
    }

    /** Brings in pages of a program's new area that it is about to touch: fewer faults. */
    public void anticipate(Vma area) {
        faults.anticipate(area);
    }

    /** Whether every page of the range belongs to an area. */
    public boolean isFullyMapped(long start, long end) {
        long at = start;
        for (int i = areas.firstEndingAfter(start); i < areas.size() && at < end; i++) {
            Vma area = areas.get(i);
            if (area.start > at) {
                return false;
            }
            at = area.end;
        }
        return at >= end;
    }

    /**
     * Changes the protection of a range up to the first place where that cannot be: 0 or {@code
     * -errno}; mprotect(2).
     */
    public int protect(long start, long end, int protection) {
        long changed = start;
        int result = 0;
        for (int i = areas.firstEndingAfter(start); changed < end; i++) {
            Vma area = i < areas.size() ? areas.get(i) : null;
            if (area == null || area.start > changed) {
                result = -Errno.ENOMEM;
                break;
            }
            if ((protection & Vma.WRITE) != 0 && area.shared && !area.mayWrite) {
                result = -Errno.EACCES;
                break;
            }
            changed = Math.min(area.end, end);
        }
        if (changed == start) {
            return result;
        }
        if (!splitAt(start) || !splitAt(changed)) {
            return -Errno.ENOMEM;
        }
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= changed) {
                break;
            }
            if (area.protection != protection) {
                area.protection = protection;
                protectPages(area);
            }
        }
        batch.flush();
        mergeRange(start, changed);
        return result;
    }

    private void mergeRange(long start, long end) {
        int index = Math.max(0, areas.firstEndingAfter(start) - 1);
        while (index + 1 < areas.size() && areas.get(index).start <= end) {
            int before = areas.size();
            mergeWithNext(index);
            if (areas.size() == before) {
                index++;
            }
        }
    }

    private void protectPages(Vma area) {
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

    /** Moves pages of an area to a free range of the same address space; mremap(2). */
    public @Nullable Vma move(Vma area, long from, long to, long oldLength, long newLength) {
        if (!areas.hasRoomFor(1)) {
            return null;
        }
        long filePage = area.filePage + ((from - area.start) >> Frames.SHIFT);
        Vma moved =
                new Vma(
                        this,
                        to,
                        to + newLength,
                        area.protection,
                        area.shared,
                        area.file,
                        filePage,
                        area.name);
        moved.mayWrite = area.mayWrite;
        moved.source = area.source;
        moved.dontFork = area.dontFork;
        moved.wipeOnFork = area.wipeOnFork;
        moved.locked = area.locked;
        if (moved.file != null) {
            moved.file.attach(moved);
        }
        long end = from + Math.min(oldLength, newLength);
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
        batch.flush();
        areas.insert(moved);
        return moved;
    }

    /** Has a part of an area show its file from {@code filePage} on; remap_file_pages(2). */
    public int remap(Vma area, PageCache file, long start, long end, long filePage) {
        Vma other = area.over(this, start, end);
        other.filePage = filePage;
        // First, since a file without a name lives as long as it is mapped.
        file.attach(other);
        int unmapped = unmap(start, end);
        if (unmapped != 0) {
            file.detach(other);
            return unmapped;
        }
        areas.insert(other);
        merge(start);
        return 0;
    }

    /** Extends an area upwards over free space. */
    public void extend(Vma area, long newEnd) {
        area.end = newEnd;
        areas.forgetHint();
    }

    /** Changes a property of a range, area by area: 0 or {@code -errno}. */
    public int forEachArea(long start, long end, AreaChange change) {
        if (!splitAt(start) || !splitAt(end)) {
            return -Errno.ENOMEM;
        }
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            change.apply(area);
        }
        mergeRange(start, end);
        return isFullyMapped(start, end) ? 0 : -Errno.ENOMEM;
    }

    /** A change of one area's properties. */
    @FunctionalInterface
    public interface AreaChange {
        void apply(Vma area);
    }

    /** Takes pages of a file out of this address space; see {@link PageCache#invalidate}. */
    void unmapFilePages(Vma area, long firstPage, long pageCount, boolean alsoCopies) {
        long first = Math.max(0, firstPage - area.filePage);
        long last = Math.min(area.pageCount(), firstPage + pageCount - area.filePage);
        if (pageCount < 0 || firstPage + pageCount < 0) {
            last = area.pageCount();
        }
        if (first >= last) {
            return;
        }
        long start = area.start + (first << Frames.SHIFT);
        long end = area.start + (last << Frames.SHIFT);
        for (long page = tables.next(start, end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, end)) {
            if (alsoCopies || !Pte.isAnonymous(tables.entry(page))) {
                forget(tables.exchange(page, 0));
            }
        }
        batch.flush();
    }

    // ---- fork

    /**
     * The copy that fork(2) makes: private pages are shared until one side writes. Null where the
     * instance has no memory for its areas and page tables.
     */
    public @Nullable AddressSpace fork() {
        if (frames.available() <= tables.tableBytes() >> Frames.SHIFT) {
            return null;
        }
        AddressSpace child = new AddressSpace(memory, frames);
        if (!child.areas.hasRoomFor(areas.size())) {
            child.leave();
            return null;
        }
        child.mmapTop = mmapTop;
        child.programBreak.copyFrom(programBreak);
        child.layout.copyFrom(layout);
        posted.copyTo(child.posted);
        for (Vma area : areas.all()) {
            if (area.dontFork) {
                continue;
            }
            Vma copied = area.over(child, area.start, area.end);
            if (copied.file != null) {
                copied.file.attach(copied);
            }
            child.areas.all().add(copied);
            if (!area.wipeOnFork) {
                forkPages(area, child);
            }
        }
        batch.flush();
        return child;
    }

    private void forkPages(Vma area, AddressSpace child) {
        long fresh = ~(PageTables.ACCESSED | PageTables.DIRTY);
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            long entry = tables.entry(page);
            if (Pte.isAnonymous(entry)) {
                frames.retain(Pte.frame(entry));
                if (Pte.isWritable(entry)) {
                    long old = tables.update(page, PageTables.WRITABLE, 0);
                    if ((old & PageTables.DIRTY) != 0) {
                        batch.zap(Pte.address(old));
                    }
                }
                child.tables.exchange(page, entry & fresh & ~PageTables.WRITABLE);
            } else {
                // The child uses the program as its parent did: see Pte.anticipated().
                child.tables.exchange(page, entry & ~PageTables.DIRTY);
            }
        }
    }

    // ---- Freezing

    /** Drops what a copy of a process must not have, as fork(2) does for a child. */
    public void wipe() {
        for (Vma area : areas.all()) {
            if (area.wipeOnFork) {
                clear(area.start, area.end);
            }
        }
        batch.flush();
    }

    // ---- Layout

    /** The end of the heap. */
    public ProgramBreak programBreak() {
        return programBreak;
    }

    /** Upper bound of where mappings without a hint go. */
    public void mmapTop(long address) {
        mmapTop = address;
    }

    /** Where the program's parts are, for /proc and prctl(2). */
    public ProgramLayout layout() {
        return layout;
    }

    static long pageUp(long bytes) {
        return (bytes + Frames.SIZE - 1) & -Frames.SIZE;
    }
}
