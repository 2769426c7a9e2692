package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * System calls of one address space that do not leave the guest; see {@link PostedCode}. A thread
 * makes them by the slot of the processor it is on, so that it is known whose calls they are.
 *
 * <p>Call sites are rewritten in copies of their pages that belong to this address space, because
 * the way back is an address. The kernel keeps a thread's RIP as if nothing had been rewritten: it
 * is put to where the overwritten instruction is now just before the thread goes on, and back when
 * it leaves. Guarded by the instance lock.
 */
public final class PostedCalls {
    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private final PostedPages pages;
    private final LookupSites lookups;
    private final AnswerSites answers;
    private final RewrittenSites sites = new RewrittenSites();
    private final InterruptedCalls interrupted;

    /** How often sites became again what the program has there. */
    private long restorations;

    private int leftCount;

    /** Whether there are to be no sites any more. */
    private boolean isStopped;

    /** Of a process that execve(2) began; not part of a frozen instance. */
    private transient @Nullable CallLog log;

    private int codeFrame = -1;
    private int slotFrame = -1;

    /** By the index of the processor; those of later ones leave the guest. None before the page. */
    private PostedSlot[] slots = {};

    PostedCalls(AddressSpace space, GuestMemory memory, Frames frames) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
        this.pages = new PostedPages(space, memory, frames);
        this.lookups = new LookupSites(memory, frames, space.knownLookups());
        this.answers = new AnswerSites(memory, frames, space.answerCounts());
        this.interrupted = new InterruptedCalls(this, sites, lookups, answers);
    }

    /** For a forked address space. Its pages come when they are touched. */
    void copyTo(PostedCalls child) {
        sites.copyTo(child.sites);
        pages.copyTo(child.pages);
        lookups.copyTo(child.lookups);
        answers.copyTo(child.answers);
    }

    void close() {
        if (isMapped()) {
            answers.count(offset(slotFrame));
            frames.release(codeFrame);
            frames.release(slotFrame);
            codeFrame = -1;
            slotFrame = -1;
            slots = new PostedSlot[0];
            lookups.close();
            answers.close();
        }
    }

    /** Whether no site was rewritten. */
    public boolean isEmpty() {
        return sites.count() == 0;
    }

    public boolean isMapped() {
        return codeFrame >= 0;
    }

    /** The calls that were rewritten; see {@link PostedSites#known}. */
    LongStream sites() {
        return IntStream.range(0, sites.count())
                .mapToLong(
                        site ->
                                PostedSites.noted(
                                        sites.address(site), SiteForm.number(sites.form(site))));
    }

    /** Whether the call at an address was rewritten. */
    boolean isSite(long address) {
        int site = sites.find(address);
        return site >= 0 && isOverwritten(site);
    }

    /** Whether the page is a copy made to rewrite a call site. */
    boolean isOwnPage(long page) {
        return pages.contains(page);
    }

    // ---- Making sites

    /** Brings the pages in after a fork; false where the address is none of theirs. */
    public boolean fault(long address) {
        return PostedCode.contains(address) && !isEmpty() && !isMapped() && map();
    }

    private boolean map() {
        int code = frames.allocate();
        int slot = code < 0 ? -1 : frames.allocate();
        if (slot < 0) {
            if (code >= 0) {
                frames.release(code);
            }
            return false;
        }
        codeFrame = code;
        slotFrame = slot;
        PostedCode.writeCommon(memory.ram(), offset(code));
        slots = new PostedSlot[PostedCode.SLOTS];
        for (int index = 0; index < slots.length; index++) {
            slots[index] = new PostedSlot(memory, offset(slot) + (long) index * PostedSlot.BYTES);
        }
        for (int site = 0; site < sites.count(); site++) {
            writeSite(site);
        }
        PageTables tables = space.tables();
        long user = Pte.anticipated(PageTables.PRESENT | PageTables.USER);
        tables.map(PostedCode.PAGE, Frames.address(code), user);
        tables.map(
                PostedCode.SLOT_PAGE,
                Frames.address(slot),
                Pte.anticipated(user | PageTables.WRITABLE | PageTables.NO_EXECUTE));
        return true;
    }

    private void writeSite(int site) {
        long other = lookups.entry(site, space.tables());
        long next = answers.entry(site, other, space.tables());
        PostedCode.writeSite(
                memory.ram(), offset(codeFrame), site, sites.address(site), sites.form(site), next);
    }

    /**
     * Has the program make the call at {@code address} in this way, if it is in a file's code and
     * there is room for a jump.
     *
     * @param number of the call that the program made there
     * @return false where it stays as it is
     */
    boolean add(long address, int number) {
        Vma area = space.areaAt(address);
        if (isStopped
                || area == null
                || area.file == null
                || area.shared
                || area.dontFork
                || area.protection != (Vma.READ | Vma.EXEC)
                || area.file.hasWritableMappings()) {
            return false;
        }
        long form = SiteForm.of(space, area, address, number);
        int site = sites.find(address);
        if (form == SiteForm.NONE
                || (site < 0 && sites.count() == PostedCode.MAX_SITES)
                || (!isMapped() && !map())) {
            return false;
        }
        if (site >= 0 && sites.form(site) != form) {
            // Other code than before, and a thread may still be on its way through the former.
            return false;
        }
        int index = site < 0 ? sites.append(address, form) : site;
        if (site < 0) {
            lookups.add(index, number);
            answers.add(index, number);
        }
        writeSite(index);
        boolean isDone =
                pages.writeJump(SiteForm.start(address, form), sites.lastPage(index), index);
        if (!isDone && site < 0) {
            sites.removeLast();
            lookups.remove(index);
            answers.remove(index);
        }
        return isDone;
    }

    /**
     * Something happens to what is mapped in a range: the program has its own pages there again, and
     * those into which a jump from there reaches.
     */
    void restore(long start, long end) {
        long page = pages.firstIn(start, end);
        if (page < 0) {
            return;
        }
        for (; page >= 0; page = pages.firstIn(start, end)) {
            restore(page);
        }
        restorations++;
        space.batch().flush();
    }

    /** Gives all sites back, and makes none any more. */
    void stop() {
        isStopped = true;
        restore(0, PageTables.USER_END);
    }

    private void restore(long page) {
        pages.giveBack(page);
        for (int site = 0; site < sites.count(); site++) {
            long first = sites.firstPage(site);
            long last = sites.lastPage(site);
            long other = page == first ? last : page == last ? first : page;
            if (other != page && pages.contains(other)) {
                restore(other);
            }
        }
    }

    /** Counts a call that has left the guest; answers how many did. */
    int left() {
        return ++leftCount;
    }

    /** A call that is posted here was not answered in time. */
    void missed() {
        left();
        CallLog known = log;
        if (known != null) {
            known.missed();
        }
    }

    /** Counts a call that was answered. */
    public void answered() {
        CallLog known = log;
        if (known != null) {
            known.answered();
        }
    }

    // ---- What processes of the program call

    /** The address space is for a process of a program. Before anything is mapped. */
    public void begin(CallHistory ofProgram, boolean isPosting) {
        log = new CallLog(ofProgram, isPosting);
    }

    /** What its process calls; null where that is not of interest. */
    public @Nullable CallLog log() {
        return log;
    }

    /** A call left at a site that is not rewritten. */
    void note(long address, int number) {
        CallLog known = log;
        if (known != null) {
            known.left(space, address, number);
        }
    }

    /** Text of the program or of a library is there, and no processor has seen it yet. */
    void mapped(Vma area) {
        CallLog known = log;
        if (known != null) {
            known.mapped(space, area);
        }
    }

    // ---- Threads amid a call

    /**
     * A thread goes on: where its next instruction was overwritten, with the copy of that.
     *
     * @param processor the index of its processor
     * @return where it posts calls; null where it cannot
     */
    public @Nullable PostedSlot enter(Registers registers, int processor) {
        int site = overwritten(registers.rip());
        if (site >= 0) {
            registers.rip(PostedCode.middle(site, sites.form(site)));
        }
        long base = registers.knownFsBase();
        boolean isAmbiguous = false;
        for (int index = 0; index < slots.length; index++) {
            isAmbiguous |= index != processor && slots[index].giveUp(base);
        }
        PostedSlot own = slotOf(processor);
        if (own != null) {
            own.occupy(base, isAmbiguous);
        }
        return own;
    }

    @Nullable PostedSlot slotOf(int processor) {
        return processor < slots.length ? slots[processor] : null;
    }

    /**
     * The site amid whose jump a thread is at {@code rip}, or -1. It comes there that left with the
     * call before the site was rewritten, or by a signal's frame, or by a jump.
     */
    private int overwritten(long rip) {
        int site = sites.withMiddleAt(rip);
        return site >= 0 && isOverwritten(site) ? site : -1;
    }

    private boolean isOverwritten(int site) {
        return pages.hasJump(sites.start(site), site);
    }

    /** How often sites became again what the program has there. */
    public long restorations() {
        return restorations;
    }

    /**
     * Whether a thread faulted amid a jump; it then just has to go on.
     *
     * @param restorationsBefore when it entered the guest: the jump may be gone meanwhile
     */
    public boolean isOverwritten(long rip, long restorationsBefore) {
        int site = sites.withMiddleAt(rip);
        return site >= 0 && (restorations != restorationsBefore || isOverwritten(site));
    }

    /** Threads that leave the guest amid a call. */
    public InterruptedCalls interrupted() {
        return interrupted;
    }

    /** Which calls answer themselves; see {@link AnswerCode}. */
    public AnswerSites answers() {
        return answers;
    }

    /** Its threads make all calls, until they enter the guest again. */
    void answersChanged() {
        for (PostedSlot slot : slots) {
            slot.answersNothing();
        }
    }

    /** Whether a thread that is in the guest reads the actions of its process. */
    public boolean areActionsInUse() {
        for (PostedSlot slot : slots) {
            if (slot.hasActions()) {
                return true;
            }
        }
        return false;
    }

    /** Who sees what its threads do not find; see {@link LookupSites}. */
    LookupSites lookups() {
        return lookups;
    }

    private static long offset(int frame) {
        return (long) frame << Frames.SHIFT;
    }
}
