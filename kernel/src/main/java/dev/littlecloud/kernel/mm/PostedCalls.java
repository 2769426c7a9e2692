package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
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
    private static final short SYSCALL = 0x050f;
    private static final int SYSCALL_BYTES = 2;

    /** What a program that left the guest amid a call is to do. */
    public enum Next {
        /** The exit had nothing to do with a call of this kind, or no longer has. */
        NOTHING,
        /** Its registers hold a call that is to be made. */
        CALL,
        /** Its call was begun already. */
        RESUME,
        /** Its call was made already. */
        GO_ON,
        /** It left as only the code here should, and not from there. */
        FORGED
    }

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private final Set<Long> ownPages = new HashSet<>(0);

    /** Addresses of the overwritten {@code syscall} instructions. */
    private long[] sites = {};

    /** The instructions behind them. */
    private long[] compares = {};

    private int leftCount;
    private int count;
    private int codeFrame = -1;
    private int slotFrame = -1;

    /** By the index of the processor; those of later ones leave the guest. None before the page. */
    private PostedSlot[] slots = {};

    PostedCalls(AddressSpace space, GuestMemory memory, Frames frames) {
        this.space = space;
        this.memory = memory;
        this.frames = frames;
    }

    /** For a forked address space. Its pages come when they are touched. */
    void copyTo(PostedCalls child) {
        child.sites = sites.clone();
        child.compares = compares.clone();
        child.count = count;
        child.ownPages.addAll(ownPages);
    }

    void close() {
        if (isMapped()) {
            frames.release(codeFrame);
            frames.release(slotFrame);
            codeFrame = -1;
            slotFrame = -1;
            slots = new PostedSlot[0];
        }
    }

    /** Whether no site was rewritten. */
    public boolean isEmpty() {
        return count == 0;
    }

    public boolean isMapped() {
        return codeFrame >= 0;
    }

    /** Addresses of the instructions that were rewritten. */
    LongStream sites() {
        return Arrays.stream(sites, 0, count);
    }

    /** Whether the instruction at an address was rewritten. */
    boolean isSite(long address) {
        return find(address) >= 0;
    }

    /** Whether the page is a copy made to rewrite a call site. */
    boolean isOwnPage(long page) {
        return ownPages.contains(page);
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
        for (int site = 0; site < count; site++) {
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
        PostedCode.writeSite(memory.ram(), offset(codeFrame), site, sites[site], compares[site]);
    }

    /**
     * Has the program make the call at {@code address} in this way, if its instructions are {@code
     * syscall; cmp $number, %rax} of a file's code, or the same with {@code %eax}.
     *
     * @return false where it stays as it is
     */
    boolean add(long address) {
        long page = address & -Frames.SIZE;
        long inPage = address & (Frames.SIZE - 1);
        Vma area = space.areaAt(address);
        if (area == null
                || area.file == null
                || area.shared
                || area.protection != (Vma.READ | Vma.EXEC)
                || area.file.hasWritableMappings()
                || inPage > Frames.SIZE - PostedCode.LONGEST_SITE) {
            return false;
        }
        long entry = space.tables().entry(page);
        if (!Pte.isPresent(entry)) {
            return false;
        }
        MemorySegment code = memory.at(Pte.address(entry), Frames.SIZE);
        short call = code.get(JAVA_SHORT_UNALIGNED, inPage);
        if ((call != SYSCALL && call != Vcpu.PATCHED_SYSCALL)
                || PostedCode.compare(code, inPage) == 0
                || (!isMapped() && !map())) {
            return false;
        }
        int site = find(address);
        int frame = site < 0 && count == PostedCode.MAX_SITES ? -1 : frames.allocate(false);
        if (frame < 0) {
            return false;
        }
        site = site < 0 ? append(address) : site;
        compares[site] = PostedCode.compare(code, inPage);
        writeSite(site);
        MemorySegment.copy(code, 0, memory.ram(), offset(frame), Frames.SIZE);
        PostedCode.writeJump(memory.ram(), offset(frame) + inPage, site);
        exchange(page, Frames.address(frame), entry);
        return true;
    }

    /** Counts a call that has left the guest; answers how many did. */
    int left() {
        return ++leftCount;
    }

    private int find(long address) {
        for (int site = 0; site < count; site++) {
            if (sites[site] == address) {
                return site;
            }
        }
        return -1;
    }

    private int append(long address) {
        if (count == sites.length) {
            int length = Math.max(4, count * 2);
            sites = Arrays.copyOf(sites, length);
            compares = Arrays.copyOf(compares, length);
        }
        sites[count] = address;
        return count++;
    }

    /** Other threads may be anywhere in the page: they see the old one or the new one. */
    private void exchange(long page, long fresh, long entry) {
        long flags = entry & ~PageTables.ADDRESS_MASK & ~PageTables.WRITABLE & ~PageTables.DIRTY;
        space.own(page, page + Frames.SIZE);
        long old = space.tables().exchange(page, fresh | flags | Pte.ANONYMOUS);
        if (Pte.wasUsed(old)) {
            space.batch().zap(Pte.address(old));
        }
        if (Pte.isAnonymous(old)) {
            space.batch().release(Pte.frame(old));
        }
        space.batch().flush();
        ownPages.add(page);
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
            registers.rip(PostedCode.tail(site));
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

    private @Nullable PostedSlot slotOf(int processor) {
        return processor < slots.length ? slots[processor] : null;
    }

    /**
     * The site whose comparison is at {@code rip} and is overwritten, or -1. A thread comes there
     * that left with the call before the site was rewritten, or by a signal's frame, or by a jump.
     */
    private int overwritten(long rip) {
        int site = count == 0 ? -1 : find(rip - SYSCALL_BYTES);
        if (site >= 0) {
            long address = sites[site];
            long entry = space.tables().entry(address & -Frames.SIZE);
            boolean isJump =
                    Pte.isPresent(entry)
                            && Pte.isAnonymous(entry)
                            && PostedCode.isJump(
                                    memory.ram(),
                                    offset(Pte.frame(entry)) + (address & (Frames.SIZE - 1)),
                                    site);
            return isJump ? site : -1;
        }
        return -1;
    }

    /** Whether a thread faulted at an overwritten comparison; it then just has to go on. */
    public boolean isOverwritten(long rip) {
        return overwritten(rip) >= 0;
    }

    /** Whether a program left the guest by the {@code out} of the code here. */
    public static boolean isLeaving(long site) {
        return site == PostedCode.LEAVE;
    }

    /**
     * A thread left the guest with a call that was not answered there. Its registers become those of
     * one that has left by its own {@code syscall}.
     *
     * @param processor the index of its processor
     * @param isBegun whether a handler has run for the call
     */
    public Next leave(Registers registers, int processor, boolean isBegun) {
        int site = PostedCode.siteOf(registers.rcx());
        if (site < 0 || site >= count) {
            return Next.FORGED;
        }
        registers.rip(sites[site] + SYSCALL_BYTES);
        return isBegun
                ? Next.RESUME
                : wasMade(registers, slotOf(processor)) ? Next.GO_ON : Next.CALL;
    }

    private static boolean wasMade(Registers registers, @Nullable PostedSlot slot) {
        if (slot == null || !slot.takeMade()) {
            return false;
        }
        registers.rax(slot.made());
        return true;
    }

    /**
     * A thread was made to leave the guest at any point. Where it was amid a call, its registers
     * become those of one that has its result, or is about to make it.
     */
    public Next settle(Registers registers, int processor, boolean isBegun) {
        long rip = registers.rip();
        int part = PostedCode.partAt(rip);
        if (part >= 0 && part < count) {
            boolean isTail = PostedCode.isTail(rip, part);
            registers.rip(sites[part] + (isTail ? SYSCALL_BYTES : 0));
            return Next.NOTHING;
        }
        int site = PostedCode.isCommon(rip) ? PostedCode.siteOf(registers.rcx()) : -1;
        if (site < 0 || site >= count) {
            return Next.NOTHING;
        }
        long address = sites[site];
        int index = PostedCode.slotAt(rip);
        PostedSlot own = slotOf(processor);
        // Only a jump leads into the code of another processor's slot. Nothing in there is its own.
        PostedSlot slot = index == processor ? own : null;
        long at = PostedCode.inSlotCode(rip);
        boolean isAnswered = slot != null && slot.isAnswered();
        if (slot != null && SlotCode.hasClaim(at, registers.get(Registers.R11))) {
            slot.release();
        }
        if (isBegun || wasMade(registers, own)) {
            registers.rip(address + SYSCALL_BYTES);
            return isBegun ? Next.RESUME : Next.GO_ON;
        }
        if (slot == null || SlotCode.hasNumber(at)) {
            registers.rip(address);
        } else if (SlotCode.hasResult(at)) {
            registers.rip(address + SYSCALL_BYTES);
        } else if (isAnswered || SlotCode.hasSeenAnswer(at)) {
            registers.rax(slot.saidResult());
            registers.rip(address + SYSCALL_BYTES);
        } else {
            registers.rax(slot.number());
            registers.rip(address);
        }
        return Next.NOTHING;
    }

    private static long offset(int frame) {
        return (long) frame << Frames.SHIFT;
    }
}
