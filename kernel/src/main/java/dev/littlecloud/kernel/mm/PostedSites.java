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

    private static final int SLOTS = 1024;
    private final byte[] heat = new byte[SLOTS];
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

    /** The sites of an address space that are rewritten, or were used since {@link #note}. */
    public long[] known(AddressSpace space) {
        Map<AddressSpace, Set<Long>> all = noted;
        Set<Long> used = all == null ? null : all.get(space);
        LongStream left = used == null ? LongStream.empty() : used.stream().mapToLong(each -> each);
        return LongStream.concat(left, space.posted().sites()).sorted().distinct().toArray();
    }

    /** A call left the guest at {@code site}. */
    public void left(AddressSpace space, long site) {
        Map<AddressSpace, Set<Long>> all = noted;
        if (all != null) {
            all.computeIfAbsent(space, _ -> new HashSet<>()).add(site);
        }
        boolean isLongLived = space.posted().left() >= LONG_LIVED;
        // While another thread is in the guest, a page table of its own would be dear.
        boolean isWorthIt = threshold == 1 || (isLongLived && space.isUnused());
        if (!isWorthIt && space.tables().isShared(site)) {
            return;
        }
        int slot = (int) (site ^ site >>> 10 ^ site >>> 20) & SLOTS - 1;
        if (++heat[slot] >= threshold) {
            // Where it cannot be done it is tried again, but seldom.
            heat[slot] = space.posted().add(site) ? 0 : Byte.MIN_VALUE;
        }
    }
}
