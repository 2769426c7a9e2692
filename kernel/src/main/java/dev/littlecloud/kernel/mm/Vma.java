package dev.littlecloud.kernel.mm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A virtual memory area: a range of pages of one address space with one protection and source. */
public final class Vma {
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXEC = 4;

    static final int FIRST_WINDOW = 8;

    private final AddressSpace space;
    long start;
    long end;
    int protection;
    final boolean shared;
    final @Nullable PageCache file;

    /** Page of {@link #file} at {@link #start}. */
    long filePage;

    /** What /proc/PID/maps shows in its last column. */
    String name;

    /** Grows downwards on a fault below it (the initial stack). */
    boolean growsDown;

    boolean dontFork;
    boolean wipeOnFork;
    boolean locked;

    /** Nothing about it may change any more; mseal(2). */
    boolean sealed;

    /** Whether a shared mapping may be made writable later: the file was open for writing. */
    boolean mayWrite = true;

    /** Part of a program that lies where other processes have it, too; see {@link SharedTables}. */
    private boolean isPlaced;

    /** What is shown of the file; null where there is none. */
    @Nullable MappedFile source;

    /** Where the next fault is expected when a program walks through the area. */
    long nextFault;

    /** Pages to bring in at the next fault in sequence. */
    int window = FIRST_WINDOW;

    /** Where the last pages begin that a fault brought in. */
    long windowStart;

    /** What processes of the same program touch here; null where nothing is known of them. */
    transient @Nullable TouchedPages touched;

    /** The address of page 0 of those. */
    transient long touchedBase;

    /** Where the file keeps it among its mappings. */
    int indexInFile;

    Vma(
            AddressSpace space,
            long start,
            long end,
            int protection,
            boolean shared,
            @Nullable PageCache file,
            long filePage,
            String name) {
        this.space = space;
        this.start = start;
        this.end = end;
        this.protection = protection;
        this.shared = shared;
        this.file = file;
        this.filePage = filePage;
        this.name = name;
    }

    public AddressSpace space() {
        return space;
    }

    /** First address. */
    public long start() {
        return start;
    }

    /** First address behind it. */
    public long end() {
        return end;
    }

    public int protection() {
        return protection;
    }

    public boolean isShared() {
        return shared;
    }

    public @Nullable PageCache file() {
        return file;
    }

    /** Offset in the file of {@link #start}, in bytes. */
    public long fileOffset() {
        return filePage << Frames.SHIFT;
    }

    /** What /proc/PID/maps shows in its last column. */
    public String name() {
        return source == null ? name : source.path();
    }

    public void name(String newName) {
        name = newName;
    }

    /** The file's inode number, 0 where there is no file. */
    public long inode() {
        return source == null ? 0 : source.inode();
    }

    /** Sets what /proc/PID/maps shows of the file. */
    public void source(MappedFile shown) {
        source = shown;
    }

    /** The file's device number, 0 where there is no file. */
    public long device() {
        return source == null ? 0 : source.device();
    }

    public boolean isDontFork() {
        return dontFork;
    }

    public boolean isWipeOnFork() {
        return wipeOnFork;
    }

    /** Says that it lies where other processes have it, too: {@link SharedTables#commonPlace}. */
    public void placed(boolean is) {
        isPlaced = is;
    }

    public boolean isPlaced() {
        return isPlaced;
    }

    /** Whether page tables of other processes serve for it. */
    boolean isCommon() {
        return isPlaced
                && !shared
                && (protection & WRITE) == 0
                && !dontFork
                && !wipeOnFork
                && file != null
                && file.isLasting();
    }

    public void growsDown(boolean grows) {
        growsDown = grows;
    }

    public boolean isGrowingDown() {
        return growsDown;
    }

    public void mayWrite(boolean may) {
        mayWrite = may;
    }

    public void dontFork(boolean dont) {
        dontFork = dont;
    }

    public void wipeOnFork(boolean wipe) {
        wipeOnFork = wipe;
    }

    public void locked(boolean is) {
        locked = is;
    }

    public void seal() {
        sealed = true;
    }

    public boolean isSealed() {
        return sealed;
    }

    public boolean isLocked() {
        return locked;
    }

    /** Has what is touched here be remembered for processes that come later. */
    void learn(TouchedPages pages, long base) {
        touched = pages;
        touchedBase = base;
    }

    /** Pages in a row were touched. */
    void touched(long first, long count) {
        if (touched != null) {
            touched.add((first - touchedBase) >> Frames.SHIFT, count);
        }
    }

    long pageCount() {
        return (end - start) >>> Frames.SHIFT;
    }

    /** An area with the same properties over another range. */
    Vma over(AddressSpace owner, long newStart, long newEnd) {
        long page = filePage + ((newStart - start) >> Frames.SHIFT);
        Vma copy = new Vma(owner, newStart, newEnd, protection, shared, file, page, name);
        copy.growsDown = growsDown;
        copy.dontFork = dontFork;
        copy.wipeOnFork = wipeOnFork;
        copy.locked = locked;
        copy.sealed = sealed;
        copy.mayWrite = mayWrite;
        copy.isPlaced = isPlaced;
        copy.source = source;
        copy.touched = touched;
        copy.touchedBase = touchedBase;
        return copy;
    }

    /** Whether {@code next} continues this area, so that both can be one. */
    boolean joins(Vma next) {
        return end == next.start
                && protection == next.protection
                && shared == next.shared
                && file == next.file
                && (file == null || filePage + pageCount() == next.filePage)
                && name.equals(next.name)
                && growsDown == next.growsDown
                && dontFork == next.dontFork
                && wipeOnFork == next.wipeOnFork
                && locked == next.locked
                && sealed == next.sealed
                && mayWrite == next.mayWrite
                && isPlaced == next.isPlaced
                && touched == next.touched
                && touchedBase == next.touchedBase
                && Objects.equals(source, next.source);
    }

    boolean contains(long address) {
        return address >= start && address < end;
    }
}
