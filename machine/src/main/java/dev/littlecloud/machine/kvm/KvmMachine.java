package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.SlottedMemory;
import dev.littlecloud.machine.memory.VcpuPage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A KVM virtual machine. Without interrupt controllers and timers: nothing interrupts its guest. */
final class KvmMachine implements Machine {
    private final KvmBlank blank;
    private final SlottedMemory memory;
    private final boolean ofImage;
    private final List<KvmVcpu> vcpus = new ArrayList<>();
    private boolean closed;

    private KvmMachine(KvmBlank blank, long ramBytes, @Nullable MemoryImage image) {
        this.blank = blank;
        this.ofImage = image != null;
        try {
            if (!blank.kvm().isHardware()) {
                ShadowTables.limit(blank.vm(), ramBytes);
            }
            KvmSlots slots = new KvmSlots(blank.vm());
            this.memory =
                    image != null
                            ? new SlottedMemory(slots, image)
                            : new SlottedMemory(slots, ramBytes, !blank.kvm().isHardware());
        } catch (RuntimeException e) {
            blank.release();
            throw e;
        }
    }

    static KvmMachine boot(KvmBlank blank, long ramBytes) {
        return new KvmMachine(blank, ramBytes, null);
    }

    static KvmMachine thaw(KvmBlank blank, MemoryImage image, PageRuns ahead) {
        KvmMachine machine = new KvmMachine(blank, image.ramBytes(), image);
        machine.memory.populate(ahead);
        return machine;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public Vcpu createVcpu() {
        int index = vcpus.size();
        if (index == blank.vcpus()) {
            throw new IllegalStateException("all " + index + " virtual processors exist");
        }
        VcpuPage page =
                ofImage
                        ? memory.kernelHalf().vcpuPage(index)
                        : memory.kernelHalf().newVcpuPage(index);
        KvmVcpu vcpu = new KvmVcpu(blank.kvm(), blank.setup(index), index, page);
        vcpus.add(vcpu);
        return vcpu;
    }

    @Override
    public int vcpuCount() {
        return vcpus.size();
    }

    @Override
    public int[] cpuid(int leaf, int subleaf) {
        return blank.kvm().cpuid().leaf(leaf, subleaf, blank.vcpus());
    }

    @Override
    public MemoryImage freeze(BitSet livePages) {
        return memory.freeze(livePages, blank.vcpus());
    }

    @Override
    public BitSet ownPages() {
        return memory.ownPages();
    }

    @Override
    public void touch(long root, long[] pages) {
        new Toucher(vcpus.getFirst(), memory.kernelHalf().touchPage()).touch(root, pages);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (KvmVcpu vcpu : vcpus) {
            vcpu.close();
        }
        blank.release();
        memory.close();
    }
}
