package dev.littlecloud.machine.memory;

import java.util.ArrayList;
import java.util.List;

/** Slots without a virtual machine: memory can be laid out and looked at on any host. */
final class RecordingSlots implements Slots {
    record Slot(long guestPhysical, long hostAddress, long bytes, boolean writable) {}

    final List<Slot> added = new ArrayList<>();
    int removed;

    @Override
    public int add(long guestPhysical, long hostAddress, long bytes, boolean writable) {
        added.add(new Slot(guestPhysical, hostAddress, bytes, writable));
        return added.size() - 1;
    }

    @Override
    public void remove(int slot) {
        removed++;
    }
}
