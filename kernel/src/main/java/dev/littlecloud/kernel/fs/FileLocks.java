package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The advisory locks on one file; fcntl(2), flock(2). Record locks belong to a process's descriptor
 * table or, as open file description locks, to an open file; whole-file locks of flock(2) belong to
 * an open file and do not meet the others. Guarded by the instance lock.
 */
public final class FileLocks {
    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int UNLOCK = 2;

    /** The end of a lock to the end of the file. */
    public static final long TO_END = Long.MAX_VALUE;

    /** Most ranges on one file, so that a guest cannot fill the host's memory with them. */
    private static final int MAX_RANGES = 8192;

    private static final long RANGE_BYTES = 64;

    /**
     * A locked range.
     *
     * @param owner the {@link FdTable} or {@link OpenFile} that holds it
     * @param pid process that took it, -1 for open file description locks
     * @param start first byte
     * @param end last byte
     */
    public record Range(Object owner, int type, long start, long end, int pid) {
        boolean overlaps(long otherStart, long otherEnd) {
            return start <= otherEnd && end >= otherStart;
        }
    }

    private final List<Range> ranges = new ArrayList<>(1);

    /** Whole-file locks, one for each open file at most; their ranges have no meaning. */
    private final List<Range> wholes = new ArrayList<>(1);

    private final WaitQueue waiters = new WaitQueue();

    /** What ranges are charged to; null before the first one. */
    private @Nullable Frames frames;

    /** Woken when a lock goes. */
    public WaitQueue waiters() {
        return waiters;
    }

    /** A range of another owner that is in the way, or null. */
    public @Nullable Range conflict(Object owner, int type, long start, long end) {
        for (Range range : ranges) {
            if (range.owner() != owner
                    && range.overlaps(start, end)
                    && (type == WRITE || range.type() == WRITE)) {
                return range;
            }
        }
        return null;
    }

    /**
     * Locks or unlocks a range for which there is no conflict; what the owner had there is replaced.
     *
     * @param instance what the ranges are charged to
     * @return 0 or {@code -ENOLCK}
     */
    public int set(Frames instance, Object owner, int type, long start, long end, int pid) {
        frames = instance;
        // A range that is set in the middle of another one makes two more.
        if (type != UNLOCK && (ranges.size() >= MAX_RANGES || !instance.charge(2 * RANGE_BYTES))) {
            return -Errno.ENOLCK;
        }
        int before = ranges.size();
        List<Range> cut = new ArrayList<>(2);
        long newStart = start;
        long newEnd = end;
        boolean loosened = false;
        for (int i = ranges.size() - 1; i >= 0; i--) {
            Range range = ranges.get(i);
            if (range.owner() != owner) {
                continue;
            }
            boolean same = range.type() == type;
            if (same && touches(range, newStart, newEnd)) {
                newStart = Math.min(newStart, range.start());
                newEnd = Math.max(newEnd, range.end());
                ranges.remove(i);
            } else if (range.overlaps(start, end)) {
                ranges.remove(i);
                loosened = true;
                if (range.start() < start) {
                    cut.add(new Range(owner, range.type(), range.start(), start - 1, range.pid()));
                }
                if (range.end() > end) {
                    cut.add(new Range(owner, range.type(), end + 1, range.end(), range.pid()));
                }
            }
        }
        ranges.addAll(cut);
        if (type != UNLOCK) {
            ranges.add(new Range(owner, type, newStart, newEnd, pid));
            instance.uncharge(2 * RANGE_BYTES);
        }
        settle(before);
        if (loosened) {
            waiters.wakeAll();
        }
        return 0;
    }

    /** Charges what came since there were {@code before} ranges, or takes back what went. */
    private void settle(int before) {
        if (frames == null) {
            return;
        }
        long change = (ranges.size() - before) * RANGE_BYTES;
        if (change < 0) {
            frames.uncharge(-change);
        } else if (change > 0 && !frames.charge(change)) {
            // An unlock that splits a range must not fail; it cannot go on for ever.
            frames.uncharge(-change);
        }
    }

    private static boolean touches(Range range, long start, long end) {
        boolean endsBefore = range.end() != TO_END && range.end() + 1 < start;
        boolean beginsBehind = end != TO_END && range.start() > end + 1;
        return !endsBefore && !beginsBehind;
    }

    /** Takes flock(2)'s lock; false where somebody else's is in the way. */
    public boolean lockWhole(OpenFile owner, int type) {
        boolean had = wholes.removeIf(lock -> lock.owner() == owner);
        for (Range lock : wholes) {
            if (type == WRITE || lock.type() == WRITE) {
                // flock(2): a conversion drops the old lock first, even where the new one fails.
                if (had) {
                    waiters.wakeAll();
                }
                return false;
            }
        }
        wholes.add(new Range(owner, type, 0, TO_END, -1));
        if (had) {
            waiters.wakeAll();
        }
        return true;
    }

    public void unlockWhole(OpenFile owner) {
        if (wholes.removeIf(lock -> lock.owner() == owner)) {
            waiters.wakeAll();
        }
    }

    /** Removes everything of one owner. */
    void releaseAll(Object owner) {
        int before = ranges.size();
        boolean any = ranges.removeIf(range -> range.owner() == owner);
        settle(before);
        any |= wholes.removeIf(lock -> lock.owner() == owner);
        if (any) {
            waiters.wakeAll();
        }
    }

    /** Locked ranges and whole files, for /proc/locks. */
    public List<Range> all() {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(wholes);
        return all;
    }

    /** A process closed a descriptor: its record locks on that file go, whichever made them. */
    static void descriptorClosed(FdTable owner, OpenFile file) {
        FileLocks locks = file.inode().locksIfAny();
        if (locks != null) {
            locks.releaseAll(owner);
        }
    }
}
