package dev.littlecloud.kernel.testing;

import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.SharedTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** Guest-physical memory without a machine: RAM is host memory, windows get made-up addresses. */
public final class PlainMemory implements GuestMemory {
    private static final long WINDOW_BASE = 0x1000_0000L;

    private record Window(long guestPhysical, MemorySegment host, boolean writable)
            implements FileWindow {
        @Override
        public void close() {}
    }

    private final MemorySegment ram;
    private final List<Window> windows = new ArrayList<>();
    private long nextWindow = WINDOW_BASE;

    public PlainMemory(long bytes) {
        ram = Arena.ofAuto().allocate(bytes, PAGE_SIZE);
    }

    /** How many windows were opened. */
    public int windowCount() {
        return windows.size();
    }

    @Override
    public long ramBytes() {
        return ram.byteSize();
    }

    @Override
    public MemorySegment ram() {
        return ram;
    }

    @Override
    public void ensureRam(long bytes) {}

    @Override
    public long usableRam() {
        return ram.byteSize();
    }

    @Override
    public void discard(long ramOffset, long length) {
        ram.asSlice(ramOffset, length).fill((byte) 0);
    }

    @Override
    public void populate(long ramOffset, long length) {}

    @Override
    public void zap(long guestPhysical, long length) {}

    @Override
    public FileWindow mapFile(MemorySegment hostMapping, boolean writable) {
        long guestPhysical = nextWindow;
        nextWindow += hostMapping.byteSize();
        return mapFile(guestPhysical, hostMapping, writable);
    }

    @Override
    public FileWindow mapFile(long guestPhysical, MemorySegment hostMapping, boolean writable) {
        Window window = new Window(guestPhysical, hostMapping, writable);
        windows.add(window);
        return window;
    }

    @Override
    public MemorySegment at(long guestPhysical, long length) {
        if (isRam(guestPhysical)) {
            return ram.asSlice(guestPhysical - RAM_BASE, length);
        }
        for (Window window : windows) {
            long offset = guestPhysical - window.guestPhysical();
            if (offset >= 0 && offset < window.host().byteSize()) {
                return window.host().asSlice(offset, length);
            }
        }
        throw new IllegalArgumentException("nothing is at " + Long.toHexString(guestPhysical));
    }

    @Override
    public PageTables pageTables(long root, long tableBytes) {
        throw new UnsupportedOperationException("there are no images");
    }

    @Override
    public long imageRam() {
        return 0;
    }

    /** Page tables that map nothing; no program runs in these tests. */
    @Override
    public PageTables newPageTables() {
        return (PageTables)
                Proxy.newProxyInstance(
                        PageTables.class.getClassLoader(),
                        new Class<?>[] {PageTables.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "next" -> PageTables.NONE;
                                    case "close", "map", "own" -> null;
                                    case "hasTable", "isShared" -> false;
                                    default -> 0L;
                                });
    }

    @Override
    public SharedTable newSharedTable() {
        throw new UnsupportedOperationException("no program runs here");
    }

    @Override
    public long pageTableBytes() {
        return 0;
    }

    @Override
    public boolean wantsPageTableRecycling() {
        return false;
    }

    @Override
    public boolean recyclePageTables() {
        return false;
    }
}
