package dev.littlecloud.kernel.mm;

/**
 * How the pages of an area are used, for /proc/PID/smaps.
 *
 * @param resident pages that are there
 * @param anonymous of them, private ones that are not (or no longer) a file's
 * @param shared of them, those that other processes map too
 * @param sharedDirty of the shared ones, those that were written
 * @param dirty those that were written
 * @param referenced those that were used since they were mapped
 * @param proportionalBytes each page's size divided by how many processes map it
 */
public record PageCounts(
        long resident,
        long anonymous,
        long shared,
        long sharedDirty,
        long dirty,
        long referenced,
        long proportionalBytes) {
    public static final PageCounts NONE = new PageCounts(0, 0, 0, 0, 0, 0, 0);

    public PageCounts plus(PageCounts other) {
        return new PageCounts(
                resident + other.resident,
                anonymous + other.anonymous,
                shared + other.shared,
                sharedDirty + other.sharedDirty,
                dirty + other.dirty,
                referenced + other.referenced,
                proportionalBytes + other.proportionalBytes);
    }
}
