package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;
import java.util.BitSet;
import java.util.List;

/**
 * One process of a program: what it calls is written down for those that come later, and what
 * earlier ones called is rewritten for it with the text that has the call. Guarded by the instance
 * lock.
 */
public final class CallLog {
    /** Later calls of a process tell nothing new. */
    private static final int MOST_NOTED = 2048;

    /** To ask for fewer paths is not worth the page tables of a library for each process. */
    private static final int MANY_LOOKUPS = 128;

    private final CallHistory history;
    private final List<CallHistory.Site> expected;
    private final long begunAt = System.nanoTime();
    private long left;
    private long lookups;
    private long answered;

    /**
     * @param isPosting whether its calls are going to be answered while it stays in the guest
     */
    CallLog(CallHistory history, boolean isPosting) {
        this.history = history;
        this.expected = history.sites(isPosting);
    }

    /** A call left at a site that is not rewritten. */
    void left(AddressSpace space, long address, int number) {
        if (++left <= MOST_NOTED) {
            history.left(space, address, number);
        }
        if (LookupCall.of(number) != null && ++lookups > MANY_LOOKUPS) {
            history.asksOften();
        }
    }

    /** A call left that nobody answered. */
    void missed() {
        left++;
    }

    /** A call was answered. */
    void answered() {
        answered++;
    }

    /** Text of the program or of a library is there, and no processor has seen it yet. */
    void mapped(AddressSpace space, Vma area) {
        if (expected.stream().noneMatch(site -> site.isIn(area))) {
            return;
        }
        BitSet used = used(space.tables(), area);
        for (CallHistory.Site site : expected) {
            if (site.isIn(area)) {
                // One that cannot be rewritten leaves as ever.
                boolean unused = space.posted().add(site.address(area), site.number());
            }
        }
        keepUsed(space.tables(), area, used);
    }

    /** Pages that some process has used: a table that is copied does not say so any more. */
    private static BitSet used(PageTables tables, Vma area) {
        BitSet used = new BitSet();
        for (long page = area.start; page < area.end; page += Frames.SIZE) {
            if (Pte.wasUsed(tables.entry(page))) {
                used.set((int) (page - area.start >> Frames.SHIFT));
            }
        }
        return used;
    }

    /** A host that shadows page tables takes several of them at one touch: Pte.anticipated(). */
    private static void keepUsed(PageTables tables, Vma area, BitSet used) {
        used.stream()
                .mapToLong(page -> area.start + ((long) page << Frames.SHIFT))
                .filter(page -> !tables.isShared(page))
                .forEach(page -> tables.update(page, 0, PageTables.ACCESSED));
    }

    /**
     * The process has ended.
     *
     * @param busyNanos what its threads took together
     * @param exitNanos what it takes to leave the guest for a call
     */
    public void ended(long busyNanos, long exitNanos) {
        long nanos = Math.min(busyNanos, System.nanoTime() - begunAt);
        history.ended(left + answered, Math.max(0, nanos - left * exitNanos));
    }
}
