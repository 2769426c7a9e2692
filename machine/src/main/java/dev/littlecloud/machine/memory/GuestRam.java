package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MemoryImage;
import java.lang.foreign.MemorySegment;

/**
 * The machine's RAM. A slot costs the host memory in proportion to its size where page tables are
 * shadowed, and time to add, so slots come as RAM is used, each as large as all before it.
 */
final class GuestRam {
    private static final long FIRST_SLOT_BYTES = 4L << 20;

    private final Slots slots;
    private final Reservation reservation;
    private final long start;
    private final long bytes;
    private final long imageBytes;
    private long usable;

    /**
     * @param reservation which ends with RAM
     */
    GuestRam(Slots slots, Reservation reservation, long bytes) {
        this.slots = slots;
        this.reservation = reservation;
        this.start = reservation.bytes() - bytes;
        this.bytes = bytes;
        this.imageBytes = 0;
    }

    /** RAM that begins as an image has it. */
    GuestRam(Slots slots, Reservation reservation, MemoryImage image) {
        this.slots = slots;
        this.reservation = reservation;
        this.bytes = image.ramBytes();
        this.start = reservation.bytes() - bytes;
        this.imageBytes = image.usableRam();
        this.usable = image.usableRam();
        slots.add(GuestMemory.RAM_BASE, reservation.address() + start, usable, true);
    }

    /** How much of it came with an image. */
    long imageBytes() {
        return imageBytes;
    }

    long bytes() {
        return bytes;
    }

    MemorySegment segment() {
        return reservation.segment().asSlice(start);
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
            reservation.ensureTo(start + usable + size);
            long address = reservation.address() + start + usable;
            slots.add(GuestMemory.RAM_BASE + usable, address, size, true);
            usable += size;
        }
    }

    void discard(long offset, long length) {
        reservation.discard(start + offset, length);
    }

    void populate(long offset, long length) {
        reservation.populate(start + offset, length);
    }

    void zap(long offset, long length) {
        reservation.notifyMmu(start + offset, length);
    }
}
