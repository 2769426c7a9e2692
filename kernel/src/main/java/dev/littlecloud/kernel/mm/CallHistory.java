package dev.littlecloud.kernel.mm;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What processes of one program called: where, how often, and how long they took. Guarded by the
 * instance lock.
 */
public final class CallHistory {
    private static final int MOST_SITES = 128;

    /**
     * So many of them a process gets before it calls: there has to be room for what it does then. A
     * server does not call where the processes did that made its data and ended.
     */
    private static final int MOST_EXPECTED = PostedCode.MAX_SITES * 3 / 4;

    /**
     * A place where a call was made.
     *
     * @param version of the file, which has other contents after a change
     * @param offset of the {@code syscall} instruction in the file
     * @param number of the call
     */
    record Site(PageCache file, int version, long offset, int number) {
        /** Whether it is in an area of a process: the file may have been changed since. */
        boolean isIn(Vma area) {
            long distance = offset - area.fileOffset();
            return file == area.file
                    && version == file.version()
                    && distance >= 0
                    && distance < area.end - area.start
                    && !file.isPageWritable(offset >> Frames.SHIFT);
        }

        /** Where it is in an area that it is in. */
        long address(Vma area) {
            return area.start + (offset - area.fileOffset());
        }
    }

    private final Map<Site, Integer> uses = new HashMap<>();
    private boolean asksOften;
    private boolean isKnown;
    private long calls;
    private long nanos;

    /** A call left the guest at an address. */
    void left(AddressSpace space, long address, int number) {
        Vma area = space.areaAt(address);
        if (area == null || area.file == null || !area.file.isLasting()) {
            return;
        }
        long offset = area.fileOffset() + (address - area.start);
        left(new Site(area.file, area.file.version(), offset, number));
    }

    /** A call left the guest at a site. */
    void left(Site site) {
        if (uses.size() < MOST_SITES || uses.containsKey(site)) {
            uses.merge(site, 1, Integer::sum);
        }
    }

    /** A process asked for so many paths that later ones should look up what is not there. */
    void asksOften() {
        asksOften = true;
    }

    /** A process has ended that made so many calls, and took so long beside leaving the guest. */
    void ended(long processCalls, long processNanos) {
        calls = isKnown ? (calls + processCalls) / 2 : processCalls;
        nanos = isKnown ? (nanos + processNanos) / 2 : processNanos;
        isKnown = true;
    }

    /** How many calls a process makes that might be answered while it stays in the guest. */
    public long calls() {
        return calls;
    }

    /** How long a process takes beside leaving the guest for them. */
    public long nanos() {
        return nanos;
    }

    /**
     * Sites that a process should have from its first call on, those that were used most.
     *
     * @param isPosting whether somebody is going to answer what it posts: else only those that may
     *     find their answer in {@link KnownLookups}
     */
    List<Site> sites(boolean isPosting) {
        return uses.entrySet().stream()
                .filter(use -> isPosting || (asksOften && isLookup(use.getKey())))
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MOST_EXPECTED)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isLookup(Site site) {
        return LookupCall.of(site.number) != null;
    }
}
