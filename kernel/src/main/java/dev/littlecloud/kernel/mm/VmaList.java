package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The areas of an address space in order of their addresses. They never overlap. */
final class VmaList {
    /** vm.max_map_count. */
    static final int MAX_AREAS = 65530;

    /** Java objects of an area, charged to the instance beyond the first {@link #FREE_AREAS}. */
    private static final int AREA_BYTES = 128;

    private static final int FREE_AREAS = 64;

    /** Distance that a growing stack keeps to the area below it, as Linux does. */
    private static final long STACK_GAP = 256L << Frames.SHIFT;

    private final Frames frames;
    private int paid = FREE_AREAS;
    private final ArrayList<Vma> areas = new ArrayList<>();
    private @Nullable Vma last;

    VmaList(Frames frames) {
        this.frames = frames;
    }

    /** Whether there may be so many more areas; the instance is charged for them then. */
    boolean hasRoomFor(int more) {
        int wanted = areas.size() + more;
        if (wanted > MAX_AREAS) {
            return false;
        }
        if (wanted > paid) {
            int next = Math.max(wanted, paid + FREE_AREAS);
            if (!frames.charge((long) (next - paid) * AREA_BYTES)) {
                return false;
            }
            paid = next;
        }
        return true;
    }

    /** Forgets all areas. */
    void clear() {
        areas.clear();
        areas.trimToSize();
        last = null;
        payFor(FREE_AREAS);
    }

    private void payFor(int count) {
        frames.uncharge((long) (paid - count) * AREA_BYTES);
        paid = count;
    }

    List<Vma> all() {
        return areas;
    }

    int size() {
        return areas.size();
    }

    /** The area that contains the address, or null. */
    @Nullable Vma at(long address) {
        Vma hint = last;
        if (hint != null && hint.contains(address)) {
            return hint;
        }
        int index = firstEndingAfter(address);
        if (index < areas.size() && areas.get(index).start <= address) {
            last = areas.get(index);
            return last;
        }
        return null;
    }

    /** Index of the first area that ends behind the address; {@link #size()} if none does. */
    int firstEndingAfter(long address) {
        int low = 0;
        int high = areas.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (areas.get(middle).end > address) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    Vma get(int index) {
        return areas.get(index);
    }

    void insert(Vma area) {
        areas.add(firstEndingAfter(area.start), area);
    }

    void remove(Vma area) {
        int index = firstEndingAfter(area.start);
        if (index < areas.size() && areas.get(index) == area) {
            areas.remove(index);
        }
        if (paid > 4 * FREE_AREAS && areas.size() < paid / 4) {
            areas.trimToSize();
            payFor(paid / 2);
        }
        last = null;
    }

    void forgetHint() {
        last = null;
    }

    boolean overlaps(long start, long end) {
        int index = firstEndingAfter(start);
        return index < areas.size() && areas.get(index).start < end;
    }

    /** A free range, near a hint if there is one and else below {@code top}, or {@code -ENOMEM}. */
    long findFree(long hint, long length, boolean below4GiB, long top) {
        long lowest = AddressSpace.LOWEST;
        long highest = AddressSpace.HIGHEST;
        if (length > highest) {
            return -Errno.ENOMEM;
        }
        if (hint >= lowest && hint <= highest - length && !overlaps(hint, hint + length)) {
            return hint;
        }
        long found =
                below4GiB
                        ? lowestGap(length, 0x4000_0000L, 0x8000_0000L)
                        : highestGap(length, lowest, top);
        if (found < 0 && !below4GiB) {
            found = highestGap(length, lowest, highest);
        }
        return found < 0 ? -Errno.ENOMEM : found;
    }

    /** The highest free range of {@code length} bytes within bounds, or -1. */
    private long highestGap(long length, long low, long high) {
        long end = high;
        for (int i = areas.size() - 1; i >= 0; i--) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                continue;
            }
            if (area.end <= end && end - area.end >= length) {
                return end - length >= low ? end - length : -1;
            }
            // What comes into the 2 MiB of a program's text would take its shared page table away.
            end = area.isCommon() ? area.start & -SharedTables.SPAN : area.start;
            if (end - low < length) {
                return -1;
            }
        }
        return end - low >= length ? end - length : -1;
    }

    /** The lowest free range of {@code length} bytes within bounds, or -1. */
    private long lowestGap(long length, long low, long high) {
        long start = low;
        for (int i = firstEndingAfter(low); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start - start >= length) {
                break;
            }
            start = Math.max(start, area.end);
        }
        return high - start >= length ? start : -1;
    }

    /** Merges the area at {@code start} with its neighbours where they are alike. */
    void merge(long start) {
        int index = firstEndingAfter(start);
        if (index < areas.size() && index > 0) {
            mergeWithNext(index - 1);
            index = firstEndingAfter(start);
        }
        if (index + 1 < areas.size()) {
            mergeWithNext(index);
        }
    }

    private void mergeWithNext(int index) {
        Vma first = areas.get(index);
        Vma second = areas.get(index + 1);
        if (first.joins(second)) {
            remove(second);
            first.end = second.end;
            if (second.file != null) {
                second.file.detach(second);
            }
            forgetHint();
        }
    }

    /** Cuts the area that spans {@code address} into two there; false where there are too many. */
    boolean splitAt(long address) {
        Vma area = at(address);
        if (area == null || area.start == address) {
            return true;
        }
        if (!hasRoomFor(1)) {
            return false;
        }
        Vma upper = area.over(area.space(), address, area.end);
        area.end = address;
        if (upper.file != null) {
            upper.file.attach(upper);
        }
        insert(upper);
        forgetHint();
        return true;
    }

    /** Merges what is alike in a range, and on its edges. */
    void mergeRange(long start, long end) {
        int index = Math.max(0, firstEndingAfter(start) - 1);
        while (index + 1 < areas.size() && areas.get(index).start <= end) {
            int before = areas.size();
            mergeWithNext(index);
            if (areas.size() == before) {
                index++;
            }
        }
    }

    /** Whether mseal(2) forbids to change any area of a range. */
    boolean isSealed(long start, long end) {
        for (int i = firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                return false;
            }
            if (area.sealed) {
                return true;
            }
        }
        return false;
    }

    /** Whether every page of the range belongs to an area. */
    boolean isFullyMapped(long start, long end) {
        long at = start;
        for (int i = firstEndingAfter(start); i < areas.size() && at < end; i++) {
            Vma area = areas.get(i);
            if (area.start > at) {
                return false;
            }
            at = area.end;
        }
        return at >= end;
    }

    /** Has the stack above an address grow down to it; null where none may. */
    @Nullable Vma growStack(long address, long stackLimit) {
        int index = firstEndingAfter(address);
        if (index == areas.size()) {
            return null;
        }
        Vma above = areas.get(index);
        long start = address & -Frames.SIZE;
        if (!above.growsDown || above.end - start > stackLimit) {
            return null;
        }
        if (index > 0) {
            Vma below = areas.get(index - 1);
            long gap = (below.protection == 0) ? 0 : STACK_GAP;
            if (start < below.end + gap) {
                return null;
            }
        }
        above.filePage -= (above.start - start) >> Frames.SHIFT;
        above.start = start;
        forgetHint();
        return above;
    }
}
