package dev.littlecloud.kernel.mm;

/**
 * Which pages are written soon after a fork, by either side: at the next one both get their own at
 * once. A program that forks again and again, as a shell does, writes to the same few pages each time,
 * and each first write would cost an exit and the translations of both sides. A family of processes
 * has one, since a fork keeps addresses.
 */
final class ForkedPages {
    /** Most pages remembered, and so copied at one fork (512 KiB). */
    private static final int SLOTS = 128;

    /** Addresses of pages, each at one place: another page there takes it. */
    private final long[] pages = new long[SLOTS];

    /** A page that a fork had made read-only was written. */
    void written(long page) {
        pages[slot(page)] = page;
    }

    /** Whether such a page will be written soon. */
    boolean contains(long page) {
        return pages[slot(page)] == page;
    }

    private static int slot(long page) {
        long number = page >>> Frames.SHIFT;
        // Neighbours have different places, and so have stack and heap mostly.
        return (int) (number ^ number >>> 9 ^ number >>> 18) & SLOTS - 1;
    }
}
