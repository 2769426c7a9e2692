package dev.littlecloud.kernel.mm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The areas of an address space in order of their addresses. They never overlap. */
final class VmaList {
    private final ArrayList<Vma> areas = new ArrayList<>();
    private @Nullable Vma last;

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
