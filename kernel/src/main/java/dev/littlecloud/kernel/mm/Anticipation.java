package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;
import org.jspecify.annotations.Nullable;

/**
 * Brings in what a program is about to touch of memory that it has just got: each fault that it spares
 * is an exit. What takes memory counts as used, so it is left where memory is scarce.
 */
public final class Anticipation {
    /** A private area of so few pages of a file is brought in whole (64 KiB). */
    private static final int DATA_PAGES = 16;

    /** Of a library that its loader maps for a start so many pages are mapped at once. */
    private static final int FIRST_OF_LIBRARY = 16;

    /** Of other files, such as locales: they take no memory. */
    private static final int FIRST_PAGES = 128;

    /** Memory that a heap grows by in so small steps is used at once (64 KiB). */
    private static final int STEP_PAGES = 16;

    /** Fewer free frames than this (4 MiB): the program will show what it needs. */
    private static final int SCARCE = 1024;

    /** One part in so many of what is free may go at once. */
    private static final int MOST_PART = 4;

    /** So many pages that are only read are copied all the same (1 MiB). */
    private static final int FEW_READ = 256;

    /** Areas of a library looked at below its data. */
    private static final int MOST_SEGMENTS = 8;

    private final AddressSpace space;
    private final Frames frames;
    private final PageTables tables;
    private final PageFaults faults;
    private final LearnedPages learned;

    Anticipation(
            AddressSpace space,
            Frames frames,
            PageTables tables,
            PageFaults faults,
            LearnedPages learned) {
        this.space = space;
        this.frames = frames;
        this.tables = tables;
        this.faults = faults;
        this.learned = learned;
    }

    /** A segment of a program is there, and so are all others. */
    public void loaded(Vma area) {
        if (area.protection == 0) {
            return;
        }
        if ((area.protection & Vma.WRITE) != 0) {
            written(area);
        } else if (area.file != null) {
            mapText(area);
        }
    }

    private void mapText(Vma area) {
        faults.mapText(area);
        space.posted().mapped(area);
    }

    /**
     * A program has mapped something.
     *
     * @param isFixed whether at a place of its choice, as loaders do with segments of libraries
     * @param isLoading whether a loader says that it is a library
     */
    public void mapped(Vma area, boolean isFixed, boolean isLoading) {
        PageCache file = area.file;
        if (area.protection == 0) {
            return;
        }
        boolean isWritten = (area.protection & Vma.WRITE) != 0;
        if (file == null) {
            if (isWritten) {
                mappedMemory(area, isFixed);
            }
        } else if (isWritten && file.isLasting()) {
            written(area);
            if (isFixed) {
                textBelow(area, file);
            }
        } else if (!isWritten && file.isLasting() && !area.isPlaced()) {
            faults.mapFirst(area, isLoading ? FIRST_OF_LIBRARY : FIRST_PAGES);
        }
    }

    private void mappedMemory(Vma area, boolean isFixed) {
        if (isFixed && dataBelow(area) != null) {
            written(area);
        } else if (!area.growsDown && area.pageCount() <= Vma.FIRST_WINDOW) {
            // What the first touch would bring.
            bring(area, area.start, area.end);
        }
    }

    /** Data of a program, with or without a file: it has a part that all its processes write to. */
    private void written(Vma area) {
        if (area.shared) {
            return;
        }
        if (area.file == null) {
            PageCache program = dataBelow(area);
            if (program != null) {
                area.learn(learned.of(program).zeros(), area.start);
            }
        } else if (area.file.isLasting()) {
            area.learn(learned.of(area.file).data(), area.start - area.fileOffset());
        }
        if (area.pageCount() <= DATA_PAGES) {
            bring(area, area.start, area.end);
        } else {
            bringTouched(area, area.start, area.end);
        }
    }

    /** The file whose zeroed data an area is, as it continues its data. */
    private @Nullable PageCache dataBelow(Vma area) {
        Vma before = space.areaAt(area.start - 1);
        return before == null || before.touched == null ? null : before.file;
    }

    /** The text of a library whose data is mapped last: now it is known what is in its page tables. */
    private void textBelow(Vma data, PageCache file) {
        Vma below = space.areaAt(data.start - 1);
        for (int i = 0; i < MOST_SEGMENTS && below != null && below.file == file; i++) {
            if (below.protection != 0 && (below.protection & Vma.WRITE) == 0) {
                mapText(below);
            }
            below = space.areaAt(below.start - 1);
        }
    }

    /** The heap of a program has grown by an area. */
    void heapGrown(Vma more) {
        bringTouched(more, more.start, more.end);
    }

    /**
     * Memory may be written that could not be touched before. What stays closed tells which way it
     * will be used: below a heap that grows there is what was opened earlier, or nothing; below a
     * stack there is a guard.
     */
    void opened(Vma area) {
        if (area.file != null || area.shared) {
            return;
        }
        long size = area.end - area.start;
        long part = Math.min(size, (long) Vma.FIRST_WINDOW << Frames.SHIFT);
        boolean isStep = size <= (long) STEP_PAGES << Frames.SHIFT;
        if (isStep && Pte.isWritable(tables.entry(area.start - Frames.SIZE))) {
            bring(area, area.start, area.end);
        } else if (isClosed(area.start - 1)) {
            bring(area, area.end - part, area.end);
        } else if (isClosed(area.end)) {
            bring(area, area.start, area.start + part);
        }
    }

    private boolean isClosed(long address) {
        Vma area = space.areaAt(address);
        return area != null && area.file == null && area.protection == 0;
    }

    /**
     * An area goes with its process: pages that were read amid those that were written are copied
     * for the next process, too, since a host that shadows page tables takes copies eight at once.
     */
    void ended(Vma area) {
        if (area.touched == null || area.file == null || (area.protection & Vma.WRITE) == 0) {
            return;
        }
        long read = 0;
        long copied = 0;
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            long entry = tables.entry(page);
            if (Pte.isAnonymous(entry)) {
                copied++;
            } else if (Pte.wasUsed(entry)) {
                read++;
            }
        }
        if (read == 0 || read > Math.max(copied, FEW_READ)) {
            return;
        }
        for (long page = tables.next(area.start, area.end);
                page != PageTables.NONE;
                page = tables.next(page + Frames.SIZE, area.end)) {
            if (Pte.wasUsed(tables.entry(page))) {
                area.touched(page, 1);
            }
        }
    }

    private void bringTouched(Vma area, long start, long end) {
        TouchedPages touched = area.touched;
        if (touched == null) {
            return;
        }
        long from = start - area.touchedBase >> Frames.SHIFT;
        long stop = end - area.touchedBase >> Frames.SHIFT;
        for (long first = touched.next(from); first >= 0 && first < stop; ) {
            long behind = Math.min(touched.endOfRun(first), stop);
            bring(
                    area,
                    area.touchedBase + (first << Frames.SHIFT),
                    area.touchedBase + (behind << Frames.SHIFT));
            first = touched.next(behind);
        }
    }

    private void bring(Vma area, long start, long end) {
        long count = end - start >> Frames.SHIFT;
        if (frames.available() < Math.max(SCARCE, MOST_PART * count)) {
            return;
        }
        if (area.file != null) {
            faults.copyRange(area, start, end);
            return;
        }
        for (long page = start; page < end; ) {
            long present = tables.next(page, end);
            long stop = present == PageTables.NONE ? end : present;
            if (stop > page) {
                faults.bringRun(area, page, (int) (stop - page >> Frames.SHIFT));
            }
            page = stop + Frames.SIZE;
        }
    }
}
