package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;

/** The memory of a machine, put together. */
public final class SlottedMemory implements GuestMemory {
    private final GuestRam ram;
    private final FileWindows windows;
    private final PageTableArea tables;
    private final KernelHalf kernelHalf;

    /**
     * Lays out the memory of a machine.
     *
     * @param stubsAreForUsers see {@link KernelHalf}
     */
    public SlottedMemory(Slots slots, long ramBytes, boolean stubsAreForUsers) {
        this.ram = new GuestRam(slots, ramBytes);
        this.windows = new FileWindows(slots);
        this.tables = new PageTableArea(slots, ramBytes);
        this.kernelHalf = new KernelHalf(tables, stubsAreForUsers);
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
        tables.close();
        ram.close();
    }
}
