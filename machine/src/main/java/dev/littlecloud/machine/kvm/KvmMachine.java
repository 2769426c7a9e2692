package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.SlottedMemory;
import dev.littlecloud.sys.Files;
import java.util.ArrayList;
import java.util.List;

/** A KVM virtual machine. Without interrupt controllers and timers: nothing interrupts its guest. */
final class KvmMachine implements Machine {
    private final Kvm kvm;
    private final MachineConfig config;
    private final int vm;
    private final SlottedMemory memory;
    private final List<KvmVcpu> vcpus = new ArrayList<>();
    private boolean closed;

    KvmMachine(Kvm kvm, MachineConfig config) {
        this.kvm = kvm;
        this.config = config;
        this.vm = kvm.createVm();
        try {
            this.memory = new SlottedMemory(new KvmSlots(vm), config.ramBytes(), !kvm.isHardware());
        } catch (RuntimeException e) {
            Files.close(vm);
            throw e;
        }
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public Vcpu createVcpu() {
        int index = vcpus.size();
        if (index == config.maxVcpus()) {
            throw new IllegalStateException("all " + index + " virtual processors exist");
        }
        KvmVcpu vcpu =
                new KvmVcpu(
                        kvm, vm, index, config.maxVcpus(), memory.kernelHalf().newVcpuPage(index));
        vcpus.add(vcpu);
        return vcpu;
    }

    @Override
    public int vcpuCount() {
        return vcpus.size();
    }

    @Override
    public int[] cpuid(int leaf, int subleaf) {
        return kvm.cpuid().leaf(leaf, subleaf, config.maxVcpus());
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
        Files.close(vm);
        memory.close();
    }
}
