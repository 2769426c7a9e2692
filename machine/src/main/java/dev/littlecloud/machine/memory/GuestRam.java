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
    private final long bytes;
    private final long imageBytes;
    private long usable;

    GuestRam(Slots slots, long bytes) {
        this.slots = slots;
        this.bytes = bytes;
        this.imageBytes = 0;
        this.reservation = new Reservation(bytes);
    }

    /** RAM that begins as an image has it. */
    GuestRam(Slots slots, MemoryImage image) {
        this.slots = slots;
        this.bytes = image.ramBytes();
        this.imageBytes = image.usableRam();
        this.reservation =
                new Reservation(bytes, image.fd(), image.tableBytes(), image.usableRam());
        this.usable = image.usableRam();
        slots.add(GuestMemory.RAM_BASE, reservation.address(), usable, true);
    }

    /** How much of it came with an image. */
    long imageBytes() {
        return imageBytes;
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
            reservation.ensure(usable + size);
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
