package dev.littlecloud.kernel.mm;

/** Finds the call sites that are worth a way without leaving the guest. */
public final class PostedSites {
    /** A site's way costs a page and makes processors forget translations. */
    private static final int THRESHOLD = 16;

    private static final int SLOTS = 1024;
    private final byte[] heat = new byte[SLOTS];
    private final int threshold;

    public PostedSites(PostedMode mode) {
        threshold = mode == PostedMode.ALWAYS ? 1 : THRESHOLD;
    }

    /** A call left the guest at {@code site}. */
    public void left(AddressSpace space, long site) {
        int slot = (int) (site ^ site >>> 10 ^ site >>> 20) & SLOTS - 1;
        if (++heat[slot] >= threshold) {
            // Where it cannot be done it is tried again, but seldom.
            heat[slot] = space.posted().add(site) ? 0 : Byte.MIN_VALUE;
        }
    }
}
