package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.sys.Errno;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The guest-physical area that host mappings of files appear in. */
final class FileWindows {
    private static final long CHOSEN = GuestMemory.WINDOWS_BASE;
    private static final long CHOSEN_END = CHOSEN + GuestMemory.MAX_WINDOWS_BYTES;

    /** Where there is room for others; the end keeps below 2^39. */
    private static final long FOUND = CHOSEN_END;

    private static final long FOUND_END = 0x80_0000_0000L;

    /** Of a window that lies in another one. */
    private static final int NO_SLOT = -1;

    private final Slots slots;
    private final TreeMap<Long, Window> byBase = new TreeMap<>();

    /** Mostly it is the image's again. */
    private @Nullable Window lastFound;

    FileWindows(Slots slots) {
        this.slots = slots;
    }

    FileWindow map(MemorySegment host, boolean writable) {
        long length = host.byteSize();
        if (((host.address() | length) & (HostCalls.PAGE_SIZE - 1)) != 0 || length == 0) {
            throw new IllegalArgumentException("not whole pages: " + host);
        }
        return place(findRoom(length), host, writable);
    }

    /** A window at a place of the caller's choice, which may lie in a larger one of the same. */
    FileWindow map(long base, MemorySegment host, boolean writable) {
        long end = base + host.byteSize();
        if (base < CHOSEN || end > CHOSEN_END) {
            throw new MachineException("room for a window of a file", Errno.ENOMEM);
        }
        Window before = below(end);
        if (before == null || before.end() <= base) {
            return place(base, host, writable);
        }
        if (!before.shows(base, host, writable)) {
            throw new IllegalArgumentException("something else is at 0x" + Long.toHexString(base));
        }
        return new Window(this, base, host, writable, NO_SLOT);
    }

    private @Nullable Window below(long end) {
        Map.@Nullable Entry<Long, Window> entry = byBase.lowerEntry(end);
        return entry == null ? null : entry.getValue();
    }

    private FileWindow place(long base, MemorySegment host, boolean writable) {
        long length = host.byteSize();
        int slot = slots.add(base, host.address(), length, writable);
        Window window = new Window(this, base, host, writable, slot);
        byBase.put(base, window);
        return window;
    }

    /** The first gap that is large enough. */
    private long findRoom(long length) {
        long candidate = FOUND;
        for (Window window : byBase.tailMap(FOUND).values()) {
            if (window.base - candidate >= length) {
                return candidate;
            }
            candidate = window.end();
        }
        if (FOUND_END - candidate < length) {
            throw new IllegalStateException("no guest-physical room for " + length + " bytes");
        }
        return candidate;
    }

    MemorySegment at(long guestPhysical, long length) {
        Window window = find(guestPhysical);
        return window.host.asSlice(guestPhysical - window.base, length);
    }

    /**
     * Dropping a shared file's page from the process keeps its content and tells KVM. Windows that
     * touch in the guest lie anywhere in the host, so a range is taken window by window.
     */
    void zap(long guestPhysical, long length) {
        long done = 0;
        while (done < length) {
            Window window = find(guestPhysical + done);
            long offset = guestPhysical + done - window.base;
            long part = Math.min(length - done, window.host.byteSize() - offset);
            HostCalls.check(
                    "madvise",
                    Mappings.advise(window.host.address() + offset, part, Mappings.MADV_DONTNEED));
            done += part;
        }
    }

    private Window find(long guestPhysical) {
        Window last = lastFound;
        if (last != null && last.contains(guestPhysical)) {
            return last;
        }
        Map.@Nullable Entry<Long, Window> entry = byBase.floorEntry(guestPhysical);
        if (entry == null || !entry.getValue().contains(guestPhysical)) {
            throw new IllegalArgumentException(
                    "no memory at guest-physical 0x" + Long.toHexString(guestPhysical));
        }
        lastFound = entry.getValue();
        return entry.getValue();
    }

    private void remove(Window window) {
        if (byBase.remove(window.base, window)) {
            lastFound = null;
            slots.remove(window.slot);
        }
    }

    private record Window(
            FileWindows owner, long base, MemorySegment host, boolean writable, int slot)
            implements FileWindow {

        long end() {
            return base + host.byteSize();
        }

        /** Whether that part of the guest is that memory of the host already. */
        boolean shows(long part, MemorySegment other, boolean writable) {
            long offset = part - base;
            return offset >= 0
                    && offset + other.byteSize() <= host.byteSize()
                    && host.address() + offset == other.address()
                    && this.writable == writable;
        }

        boolean contains(long guestPhysical) {
            return Long.compareUnsigned(guestPhysical - base, host.byteSize()) < 0;
        }

        @Override
        public long guestPhysical() {
            return base;
        }

        @Override
        public void close() {
            owner.remove(this);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(base);
        }
    }
}
