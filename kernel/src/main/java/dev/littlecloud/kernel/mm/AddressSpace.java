package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.ipc.AioContexts;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
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

    private final GuestMemory memory;
    private final Frames frames;
    private final PageTables tables;
    private final VmaList areas;
    private final SpaceUse use;
    private final PageFaults faults;
    private final Anticipation anticipation;
    private final PageEdits edits;
    private final AreaChanges changes;
    private final ZapBatch batch;
    private final UserCopy copy;
    private final PostedCalls posted;
    private final ForeignAccess inspection;
    private int users = 1;
    private boolean reaped;
    private long finalPages;
    private long mmapTop = HIGHEST;
    private final ProgramBreak programBreak = new ProgramBreak(this);
    private final ProgramLayout layout = new ProgramLayout();
    private final AioContexts aioContexts;
    private final SharedTables sharedTables;

    /** Common to all that come of one program by fork(2); null before the first. */
    private @Nullable ForkedPages forkedPages;

    public AddressSpace(GuestMemory memory, Frames frames, SharedTables sharedTables) {
        this.sharedTables = sharedTables;
        this.memory = memory;
        this.frames = frames;
        this.areas = new VmaList(frames);
        this.tables = memory.newPageTables();
        this.faults = new PageFaults(this, memory, frames, tables, sharedTables);
        this.anticipation = new Anticipation(this, frames, tables, faults, sharedTables.learned());
        this.batch = new ZapBatch(memory, frames);
        this.edits = new PageEdits(frames, tables, faults, batch);
        this.changes = new AreaChanges(this, areas, edits, batch);
        this.use = new SpaceUse(memory, frames, tables, areas);
        this.copy = new UserCopy(this, memory, frames, tables);
        this.aioContexts = new AioContexts(frames);
        this.posted = new PostedCalls(this, memory, frames);
        this.inspection = new ForeignAccess(this, memory, frames);
    }

    /** Its memory as those see and change it who look into the process. */
    public ForeignAccess inspection() {
        return inspection;
    }

    /** From now on all its calls leave the guest, and its code is the program's own. */
    public void stopPosting() {
        posted.stop();
    }

    /** Its system calls that do not leave the guest. */
    public PostedCalls posted() {
        return posted;
    }

    KnownLookups knownLookups() {
        return sharedTables.knownLookups();
    }

    AnswerCounts answerCounts() {
        return sharedTables.answerCounts();
    }

    /** What processes of a program called; null where that is not remembered. */
    public @Nullable CallHistory callsOf(PageCache program) {
        return program.isLasting() ? sharedTables.learned().of(program).calls() : null;
    }

    /** All its threads see the same of the tree of files as others with this number. */
    public void view(int number) {
        posted.lookups().view(number);
    }

    /** One of its threads may see something else than before. */
    public void viewChanged() {
        posted.lookups().changed(users > 1);
        posted.answersChanged();
    }

    /** Whether its threads have a descriptor left for a file that they open. */
    public void mayOpen(boolean hasRoom) {
        posted.lookups().mayOpen(hasRoom);
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
                anticipation.ended(area);
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
                edits.clear(area.start, area.end);
            }
        }
        batch.flush();
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

    /** What it takes of the instance's memory. */
    public SpaceUse use() {
        return use;
    }

    /** Areas in order of their addresses, for /proc/PID/maps. */
    public List<Vma> areas() {
        return areas.all();
    }

    /** The areas that have a part of a range. */
    List<Vma> areasIn(long start, long end) {
        int first = areas.firstEndingAfter(start);
        int next = first;
        while (next < areas.size() && areas.get(next).start < end) {
            next++;
        }
        return areas.all().subList(first, next);
    }

    public @Nullable Vma areaAt(long address) {
        return areas.at(address);
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
        return areas.isSealed(start, end);
    }

    /** Whether every page of the range belongs to an area. */
    public boolean isFullyMapped(long start, long end) {
        return areas.isFullyMapped(start, end);
    }

    /** What a range may hold is about to change: nothing there is shared or rewritten. */
    void edit(long start, long end) {
        posted.restore(start, end);
        own(start, end);
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
            area = areas.growStack(address, layout.stackLimit);
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

    // ---- Mapping

    /** A free range for a mapping of {@code length} bytes, or {@code -ENOMEM}. */
    public long findFree(long hint, long length, boolean below4GiB) {
        return areas.findFree(hint, length, below4GiB, mmapTop);
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
        own(start, start + length);
        Vma area = new Vma(this, start, start + length, protection, shared, file, filePage, name);
        if (file != null) {
            file.attach(area);
        }
        areas.insert(area);
        return area;
    }

    /** Merges the area at {@code start} with its neighbours where they are alike. */
    public void merge(long start) {
        areas.merge(start);
    }

    /** What becomes of areas that are there. */
    public AreaChanges changes() {
        return changes;
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

    /** Brings in what a program touches where there is something new: fewer faults. */
    public Anticipation anticipation() {
        return anticipation;
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
        edit(start, end);
        edits.clearFilePages(start, end, alsoCopies);
        batch.flush();
    }

    /** What processes of a program touch of their heaps. */
    TouchedPages heapPages(PageCache program) {
        return sharedTables.learned().of(program).heap();
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
        AddressSpace child = new AddressSpace(memory, frames, sharedTables);
        if (!child.areas.hasRoomFor(areas.size())) {
            child.leave();
            return null;
        }
        child.mmapTop = mmapTop;
        child.programBreak.copyFrom(programBreak);
        child.layout.copyFrom(layout);
        posted.copyTo(child.posted);
        if (forkedPages == null) {
            forkedPages = new ForkedPages();
        }
        child.forkedPages = forkedPages;
        // What another thread writes meanwhile would be in some parts of a copy, and not in others.
        ForkedPages soonWritten = isUnused() ? forkedPages : null;
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
                edits.share(area, child.tables, soonWritten);
            }
        }
        batch.flush();
        return child;
    }

    /** A page was written that is, or was, shared after a fork. */
    void writtenAfterFork(long page) {
        ForkedPages family = forkedPages;
        if (family != null) {
            family.written(page);
        }
    }

    // ---- Freezing

    /** Has page tables of its own only, as a frozen instance needs them. */
    public void ownTables() {
        own(0, PageTables.USER_END);
    }

    /** Drops what a copy of a process must not have, as fork(2) does for a child. */
    public void wipe() {
        for (Vma area : areas.all()) {
            if (area.wipeOnFork) {
                edits.clear(area.start, area.end);
            }
        }
        batch.flush();
    }

    /** Has page tables of its own for a range whose pages or areas change. */
    void own(long start, long end) {
        tables.own(start, end, isUnused());
    }

    /** Whether no processor is in the guest with its page tables. */
    boolean isUnused() {
        return sharedTables.isUnused(tables);
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
