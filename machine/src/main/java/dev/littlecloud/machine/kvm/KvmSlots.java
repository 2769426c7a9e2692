package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.memory.Slots;
import dev.littlecloud.sys.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** KVM's memory slots. */
final class KvmSlots implements Slots {
    /** struct kvm_userspace_memory_region. */
    private static final int REGION_BYTES = 32;

    private final int vm;
    private final BitSet used = new BitSet();

    KvmSlots(int vm) {
        this.vm = vm;
    }

    @Override
    public int add(long guestPhysical, long hostAddress, long bytes, boolean writable) {
        int slot = used.nextClearBit(0);
        set(slot, writable ? 0 : KvmApi.MEM_READONLY, guestPhysical, bytes, hostAddress);
        used.set(slot);
        return slot;
    }

    @Override
    public void remove(int slot) {
        set(slot, 0, 0, 0, 0);
        used.clear(slot);
    }

    private void set(int slot, int flags, long guestPhysical, long bytes, long hostAddress) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment region = arena.allocate(REGION_BYTES, 8);
            region.set(JAVA_INT, 0, slot);
            region.set(JAVA_INT, 4, flags);
            region.set(JAVA_LONG, 8, guestPhysical);
            region.set(JAVA_LONG, 16, bytes);
            region.set(JAVA_LONG, 24, hostAddress);
            Kvm.check(
                    "KVM_SET_USER_MEMORY_REGION",
                    Ioctl.call(vm, KvmApi.SET_USER_MEMORY_REGION, region));
        }
    }
}
