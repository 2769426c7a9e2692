package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.Registers;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of threads of an address space that leave the guest amid a call that does not; see {@link
 * PostedCalls}. Guarded by the instance lock.
 */
public final class InterruptedCalls {
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

    private final PostedCalls posted;
    private final RewrittenSites sites;
    private final LookupSites lookups;
    private final AnswerSites answers;

    InterruptedCalls(
            PostedCalls posted, RewrittenSites sites, LookupSites lookups, AnswerSites answers) {
        this.posted = posted;
        this.sites = sites;
        this.lookups = lookups;
        this.answers = answers;
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
        if (site < 0 || site >= sites.count()) {
            return Next.FORGED;
        }
        registers.rip(sites.address(site) + SiteForm.CALL_BYTES);
        if (isBegun) {
            return Next.RESUME;
        }
        if (wasMade(registers, posted.slotOf(processor))) {
            return Next.GO_ON;
        }
        posted.missed();
        return Next.CALL;
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
        if (part >= 0 && part < sites.count()) {
            registers.rip(PostedCode.original(rip, part, sites.address(part), sites.form(part)));
            return Next.NOTHING;
        }
        int lookup = lookups.siteAt(rip);
        if (lookup >= 0) {
            boolean isAnswered = LookupCode.hasResult(rip);
            long number = lookups.numberAt(rip, registers.rax());
            return endUnposted(registers, sites.address(lookup), isBegun, isAnswered, number);
        }
        int answering = answers.siteAt(rip);
        if (answering >= 0) {
            boolean isAnswered = answers.hasResult(rip);
            long number = answers.numberAt(rip, registers.rax());
            return endUnposted(registers, sites.address(answering), isBegun, isAnswered, number);
        }
        int site = PostedCode.isCommon(rip) ? PostedCode.siteOf(registers.rcx()) : -1;
        if (site < 0 || site >= sites.count()) {
            return Next.NOTHING;
        }
        long address = sites.address(site);
        int index = PostedCode.slotAt(rip);
        PostedSlot own = posted.slotOf(processor);
        // Only a jump leads into the code of another processor's slot. Nothing in there is its own.
        PostedSlot slot = index == processor ? own : null;
        long at = PostedCode.inSlotCode(rip);
        boolean isAnswered = slot != null && slot.isAnswered();
        if (slot != null && SlotCode.hasClaim(at, registers.get(Registers.R11))) {
            slot.release();
        }
        if (isBegun || wasMade(registers, own)) {
            registers.rip(address + SiteForm.CALL_BYTES);
            return isBegun ? Next.RESUME : Next.GO_ON;
        }
        if (slot == null || SlotCode.hasNumber(at)) {
            registers.rip(address);
        } else if (SlotCode.hasResult(at)) {
            registers.rip(address + SiteForm.CALL_BYTES);
        } else if (isAnswered || SlotCode.hasSeenAnswer(at)) {
            registers.rax(slot.saidResult());
            registers.rip(address + SiteForm.CALL_BYTES);
        } else {
            registers.rax(slot.number());
            registers.rip(address);
        }
        return Next.NOTHING;
    }

    /**
     * A thread left before it had posted a call that may answer itself: it is made, if that was not
     * over.
     */
    private static Next endUnposted(
            Registers registers, long address, boolean isBegun, boolean hasResult, long number) {
        registers.rip(address + SiteForm.CALL_BYTES);
        if (isBegun || hasResult) {
            return isBegun ? Next.RESUME : Next.GO_ON;
        }
        registers.rax(number);
        return Next.CALL;
    }
}
