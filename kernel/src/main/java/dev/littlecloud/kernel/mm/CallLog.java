package dev.littlecloud.kernel.mm;

import java.util.List;

/**
 * One process of a program: what it calls is written down for those that come later, and what
 * earlier ones called is rewritten for it with the text that has the call. Guarded by the instance
 * lock.
 */
public final class CallLog {
    /** Later calls of a process tell nothing new. */
    private static final int MOST_NOTED = 2048;

    private final CallHistory history;
    private final List<CallHistory.Site> expected;
    private final long begunAt = System.nanoTime();
    private long left;
    private long answered;

    /**
     * @param isPosting whether its calls are going to be answered while it stays in the guest
     */
    CallLog(CallHistory history, boolean isPosting) {
        this.history = history;
        this.expected = isPosting ? history.sites() : List.of();
    }

    /** A call left at a site that is not rewritten. */
    void left(AddressSpace space, long address, int number) {
        if (++left <= MOST_NOTED) {
            history.left(space, address, number);
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

    /** Text is there, and no processor has seen it yet. */
    void mapped(PostedCalls posted, Vma area) {
        for (CallHistory.Site site : expected) {
            long page = site.offset() >> Frames.SHIFT;
            if (site.file() == area.file
                    && site.version() == area.file.version()
                    && page >= area.filePage
                    && page < area.filePage + area.pageCount()
                    && !site.file().isPageWritable(page)) {
                long address = area.start + (site.offset() - area.fileOffset());
                // A call that cannot be rewritten leaves as ever.
                boolean unused = posted.add(address, site.number());
            }
        }
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
