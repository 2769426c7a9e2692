package dev.littlecloud.kernel.mm;

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

    /** The highest free range of {@code length} bytes within bounds, or -1. */
    long highestGap(long length, long low, long high) {
        long end = high;
        for (int i = areas.size() - 1; i >= 0; i--) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                continue;
            }
            if (area.end <= end && end - area.end >= length) {
                return end - length >= low ? end - length : -1;
            }
            end = area.start;
            if (end - low < length) {
                return -1;
            }
        }
        return end - low >= length ? end - length : -1;
    }

    /** The lowest free range of {@code length} bytes within bounds, or -1. */
    long lowestGap(long length, long low, long high) {
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
}
