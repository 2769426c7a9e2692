package dev.littlecloud.kernel.mm;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Finds the call sites that are worth a way without leaving the guest. */
public final class PostedSites {
    /** A site's way costs a page and makes processors forget translations. */
    private static final int THRESHOLD = 16;

    /**
     * Of a page table that processes share a way takes a copy, and makes processors forget all
     * translations. That pays for a process that has made so many calls, and not for one of those
     * that compile a file.
     */
    private static final int LONG_LIVED = 1024;

    /** Where it cannot be done it is tried again, but seldom. */
    private static final short HOPELESS = -2048;

    private static final int SLOTS = 1024;

    /** Of the number of a call, behind the bits of its site's address. */
    static final int NUMBER_SHIFT = 48;

    /** A site with the number of a call that was made there, or 0. */
    static long noted(long site, int number) {
        return site | (long) number << NUMBER_SHIFT;
    }

    private final short[] heat = new short[SLOTS];
    private final int threshold;

    /** Sites that calls left at, by address space; null while nobody wants to know. */
    private transient @Nullable Map<AddressSpace, Set<Long>> noted;

    public PostedSites(PostedMode mode) {
        threshold = mode == PostedMode.ALWAYS ? 1 : THRESHOLD;
    }

    /** Begins to note all sites that are used, not only those that are used often. */
    public void note() {
        noted = new IdentityHashMap<>();
    }

    /**
     * The sites of an address space that are rewritten, or were used since {@link #note}; these with
     * the number of the call above the address.
     */
    public long[] known(AddressSpace space) {
        Map<AddressSpace, Set<Long>> all = noted;
        Set<Long> used = all == null ? null : all.get(space);
        LongStream left = used == null ? LongStream.empty() : used.stream().mapToLong(each -> each);
        return LongStream.concat(left, space.posted().sites()).sorted().distinct().toArray();
    }

    /** A call left the guest at {@code site}. */
    public void left(AddressSpace space, long site, int number) {
        space.posted().note(site, number);
        Map<AddressSpace, Set<Long>> all = noted;
        if (all != null) {
            all.computeIfAbsent(space, _ -> new HashSet<>()).add(noted(site, number));
        }
        boolean isLongLived = space.posted().left() >= LONG_LIVED;
        // While another thread is in the guest, a page table of its own would be dear.
        boolean isWorthIt = threshold == 1 || (isLongLived && space.isUnused());
        if (!isWorthIt && space.tables().isShared(site)) {
            return;
        }
        int slot = (int) (site ^ site >>> 10 ^ site >>> 20) & SLOTS - 1;
        if (++heat[slot] >= threshold) {
            heat[slot] = space.posted().add(site, number) ? 0 : HOPELESS;
        }
    }
}
