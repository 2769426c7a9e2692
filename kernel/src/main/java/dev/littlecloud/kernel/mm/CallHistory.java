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
     * A place where a call was made.
     *
     * @param version of the file, which has other contents after a change
     * @param offset of the {@code syscall} instruction in the file
     * @param number of the call
     */
    record Site(PageCache file, int version, long offset, int number) {}

    private final Map<Site, Integer> uses = new HashMap<>();
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
        Site site = new Site(area.file, area.file.version(), offset, number);
        if (uses.size() < MOST_SITES || uses.containsKey(site)) {
            uses.merge(site, 1, Integer::sum);
        }
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

    /** As many sites as can be rewritten, those that were used most. */
    List<Site> sites() {
        return uses.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(PostedCode.MAX_SITES)
                .map(Map.Entry::getKey)
                .toList();
    }
}
