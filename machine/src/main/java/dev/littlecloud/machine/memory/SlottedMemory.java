package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.SharedTable;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** The memory of a machine, put together. */
public final class SlottedMemory implements GuestMemory {
    private final Reservation reservation;
    private final GuestRam ram;
    private final FileWindows windows;
    private final PageTableArea tables;
    private final KernelHalf kernelHalf;

    /** What came with an image begins here in the reservation. */
    private final long imageStart;

    private final long imageBytes;

    /**
     * Lays out the memory of a machine.
     *
     * @param stubsAreForUsers see {@link KernelHalf}
     */
    public SlottedMemory(Slots slots, long ramBytes, boolean stubsAreForUsers) {
        this.reservation = new Reservation(PageTableArea.room(ramBytes) + ramBytes);
        this.ram = new GuestRam(slots, reservation, ramBytes);
        this.windows = new FileWindows(slots);
        this.tables = new PageTableArea(slots, reservation, ramBytes);
        this.kernelHalf = new KernelHalf(tables, stubsAreForUsers);
        this.imageStart = 0;
        this.imageBytes = 0;
    }

    /** Memory that begins as an image has it. */
    public SlottedMemory(Slots slots, MemoryImage image) {
        this.imageStart = PageTableArea.start(image);
        this.imageBytes = image.tableBytes() + image.usableRam();
        this.reservation =
                new Reservation(
                        PageTableArea.room(image.ramBytes()) + image.ramBytes(),
                        image.fd(),
                        imageStart,
                        imageStart + imageBytes);
        this.ram = new GuestRam(slots, reservation, image);
        this.windows = new FileWindows(slots);
        this.tables = new PageTableArea(slots, reservation, image);
        this.kernelHalf = KernelHalf.ofImage(tables);
    }

    /** See {@link dev.littlecloud.machine.Machine#freeze}. */
    public MemoryImage freeze(BitSet livePages, int vcpus) {
        return new ImageWriter(ram, tables).write(livePages, vcpus);
    }

    /** The pages of the image that were written. */
    public BitSet ownPages() {
        BitSet pages = new BitSet();
        OwnPages.add(reservation.segment().asSlice(imageStart, imageBytes), pages);
        return pages;
    }

    /** Copies pages of the image before they are written; what is not part of it is left alone. */
    public void populate(PageRuns runs) {
        for (int i = 0; i < runs.count(); i++) {
            long start = runs.start(i) * PAGE_SIZE;
            long end = Math.min(start + runs.length(i) * PAGE_SIZE, imageBytes);
            if (end > start) {
                reservation.populate(imageStart + start, end - start);
            }
        }
        if (runs.count() > 0) {
            // What touches pages ahead is written, too, if only in clones that are staged.
            reservation.populate(kernelHalf.touchPageOfImage(), PAGE_SIZE);
        }
    }

    @Override
    public PageTables pageTables(long root, long tableBytes) {
        return new GuestPageTables(
                tables, PageTableArea.offsetOf(root), (int) (tableBytes / PAGE_SIZE));
    }

    @Override
    public long imageRam() {
        return ram.imageBytes();
    }

    @Override
    public FileWindow mapFile(long guestPhysical, MemorySegment hostMapping, boolean writable) {
        return windows.map(guestPhysical, hostMapping, writable);
    }

    /** The machine's own pages, for the virtual processors. */
    public KernelHalf kernelHalf() {
        return kernelHalf;
    }

    @Override
    public long ramBytes() {
        return ram.bytes();
    }

    @Override
    public MemorySegment ram() {
        return ram.segment();
    }

    @Override
    public void ensureRam(long bytes) {
        ram.ensure(bytes);
    }

    @Override
    public long usableRam() {
        return ram.usable();
    }

    @Override
    public void discard(long ramOffset, long length) {
        ram.discard(ramOffset, length);
    }

    @Override
    public void populate(long ramOffset, long length) {
        ram.populate(ramOffset, length);
    }

    @Override
    public void zap(long guestPhysical, long length) {
        if (isRam(guestPhysical)) {
            ram.zap(guestPhysical - RAM_BASE, length);
        } else {
            windows.zap(guestPhysical, length);
        }
    }

    @Override
    public FileWindow mapFile(MemorySegment hostMapping, boolean writable) {
        return windows.map(hostMapping, writable);
    }

    @Override
    public MemorySegment at(long guestPhysical, long length) {
        return isRam(guestPhysical)
                ? ram.segment().asSlice(guestPhysical - RAM_BASE, length)
                : windows.at(guestPhysical, length);
    }

    @Override
    public PageTables newPageTables() {
        return new GuestPageTables(tables, KernelHalf.ROOT_INDEX, kernelHalf.rootEntry());
    }

    @Override
    public SharedTable newSharedTable() {
        return tables.allocateShared();
    }

    @Override
    public long pageTableBytes() {
        return tables.usedBytes();
    }

    @Override
    public boolean wantsPageTableRecycling() {
        return tables.wantsRecycling();
    }

    @Override
    public boolean recyclePageTables() {
        return tables.recycle();
    }

    /** Unmaps all. The slots must be gone, or go with their machine, first. */
    public void close() {
        reservation.close();
    }
}
