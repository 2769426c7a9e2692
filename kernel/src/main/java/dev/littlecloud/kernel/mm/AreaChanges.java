package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of mapped areas by munmap(2), mprotect(2), mremap(2), madvise(2) and the like. Guarded by
 * the instance lock.
 */
public final class AreaChanges {
    private final AddressSpace space;
    private final VmaList areas;
    private final PageEdits edits;
    private final ZapBatch batch;

    AreaChanges(AddressSpace space, VmaList areas, PageEdits edits, ZapBatch batch) {
        this.space = space;
        this.areas = areas;
        this.edits = edits;
        this.batch = batch;
    }

    /** Unmaps whatever is in a page-aligned range: 0 or {@code -ENOMEM}. */
    public int unmap(long start, long end) {
        if (!areas.overlaps(start, end)) {
            return 0;
        }
        if (!areas.splitAt(start) || !areas.splitAt(end)) {
            return -Errno.ENOMEM;
        }
        space.edit(start, end);
        List<Vma> gone = new ArrayList<>(2);
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            edits.clear(area.start, area.end);
            gone.add(area);
        }
        batch.flush();
        for (Vma area : gone) {
            areas.remove(area);
            if (area.file != null) {
                area.file.detach(area);
            }
        }
        return 0;
    }

    /** Drops the contents of private pages in a range: anonymous ones read as zero again. */
    public void discard(long start, long end) {
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            space.posted().restore(Math.max(start, area.start), Math.min(end, area.end));
            edits.clear(Math.max(start, area.start), Math.min(end, area.end));
        }
        batch.flush();
    }

    /**
     * Changes the protection of a range up to the first place where that cannot be: 0 or {@code
     * -errno}; mprotect(2).
     */
    public int protect(long start, long end, int protection) {
        long changed = start;
        int result = 0;
        for (int i = areas.firstEndingAfter(start); changed < end; i++) {
            Vma area = i < areas.size() ? areas.get(i) : null;
            if (area == null || area.start > changed) {
                result = -Errno.ENOMEM;
                break;
            }
            if ((protection & Vma.WRITE) != 0 && area.shared && !area.mayWrite) {
                result = -Errno.EACCES;
                break;
            }
            changed = Math.min(area.end, end);
        }
        if (changed == start) {
            return result;
        }
        if (!areas.splitAt(start) || !areas.splitAt(changed)) {
            return -Errno.ENOMEM;
        }
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= changed) {
                break;
            }
            if (area.protection != protection) {
                space.edit(area.start, area.end);
                boolean wasClosed = area.protection == 0;
                area.protection = protection;
                edits.protect(area);
                if (wasClosed && (protection & Vma.WRITE) != 0) {
                    space.anticipation().opened(area);
                }
            }
        }
        batch.flush();
        areas.mergeRange(start, changed);
        return result;
    }

    /** Moves pages of an area to a free range of the same address space; mremap(2). */
    public @Nullable Vma move(Vma area, long from, long to, long oldLength, long newLength) {
        if (!areas.hasRoomFor(1)) {
            return null;
        }
        long filePage = area.filePage + ((from - area.start) >> Frames.SHIFT);
        Vma moved =
                new Vma(
                        space,
                        to,
                        to + newLength,
                        area.protection,
                        area.shared,
                        area.file,
                        filePage,
                        area.name);
        moved.mayWrite = area.mayWrite;
        moved.source = area.source;
        moved.dontFork = area.dontFork;
        moved.wipeOnFork = area.wipeOnFork;
        moved.locked = area.locked;
        if (moved.file != null) {
            moved.file.attach(moved);
        }
        long end = from + Math.min(oldLength, newLength);
        space.edit(from, end);
        space.own(to, to + newLength);
        edits.move(from, end, to);
        batch.flush();
        areas.insert(moved);
        return moved;
    }

    /** Has a part of an area show its file from {@code filePage} on; remap_file_pages(2). */
    public int remap(Vma area, PageCache file, long start, long end, long filePage) {
        Vma other = area.over(space, start, end);
        other.filePage = filePage;
        // First, since a file without a name lives as long as it is mapped.
        file.attach(other);
        int unmapped = unmap(start, end);
        if (unmapped != 0) {
            file.detach(other);
            return unmapped;
        }
        areas.insert(other);
        areas.merge(start);
        return 0;
    }

    /** Extends an area upwards over free space. */
    public void extend(Vma area, long newEnd) {
        space.own(area.end, newEnd);
        area.end = newEnd;
        areas.forgetHint();
    }

    /** Changes a property of a range, area by area: 0 or {@code -errno}. */
    public int forEachArea(long start, long end, AreaChange change) {
        if (!areas.splitAt(start) || !areas.splitAt(end)) {
            return -Errno.ENOMEM;
        }
        space.edit(start, end);
        for (int i = areas.firstEndingAfter(start); i < areas.size(); i++) {
            Vma area = areas.get(i);
            if (area.start >= end) {
                break;
            }
            change.apply(area);
        }
        areas.mergeRange(start, end);
        return areas.isFullyMapped(start, end) ? 0 : -Errno.ENOMEM;
    }

    /** A change of one area's properties. */
    @FunctionalInterface
    public interface AreaChange {
        void apply(Vma area);
    }
}
