package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * The machine's RAM. A slot costs the host memory in proportion to its size where page tables are
 * shadowed, and time to add, so slots come as RAM is used, each as large as all before it.
 */
final class GuestRam {
    private static final long FIRST_SLOT_BYTES = 4L << 20;

    private final Slots slots;
    private final Reservation reservation;
    private final long bytes;
    private long usable;

    GuestRam(Slots slots, long bytes) {
        this.slots = slots;
        this.bytes = bytes;
        this.reservation = new Reservation(bytes);
    }

    long bytes() {
        return bytes;
    }

    MemorySegment segment() {
        return reservation.segment();
    }

    long usable() {
        return usable;
    }

    void ensure(long wanted) {
        if (wanted > bytes) {
            throw new IllegalArgumentException("beyond RAM: " + wanted);
        }
        while (usable < wanted) {
            long size = Math.min(Math.max(FIRST_SLOT_BYTES, usable), bytes - usable);
            slots.add(GuestMemory.RAM_BASE + usable, reservation.address() + usable, size, true);
            usable += size;
        }
    }

    void discard(long offset, long length) {
        reservation.discard(offset, length);
    }

    void populate(long offset, long length) {
        reservation.populate(offset, length);
    }

    void zap(long offset, long length) {
        reservation.notifyMmu(offset, length);
    }

    void close() {
        reservation.close();
    }
}
