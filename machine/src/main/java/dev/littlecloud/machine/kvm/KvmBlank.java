package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.BlankMachine;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.machine.memory.KernelHalf;
import dev.littlecloud.sys.Files;
import java.util.ArrayList;
import java.util.List;

/** A KVM virtual machine without memory. Used by one thread at a time. */
final class KvmBlank implements BlankMachine {
    private final Kvm kvm;
    private final int vcpus;
    private final int vm;
    private final List<VcpuSetup> setups = new ArrayList<>();
    private boolean used;

    /**
     * @param vcpus how many virtual processors the guest's CPUID shows
     */
    KvmBlank(Kvm kvm, int vcpus) {
        this.kvm = kvm;
        this.vcpus = vcpus;
        this.vm = kvm.createVm();
    }

    /** Makes all virtual processors now. */
    KvmBlank prepare() {
        try {
            while (setups.size() < vcpus) {
                setups.add(newSetup(setups.size()));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        return this;
    }

    private VcpuSetup newSetup(int index) {
        return new VcpuSetup(kvm, vm, index, vcpus, KernelHalf.vcpuPageAddress(index));
    }

    /** The processor of that number; made now if it was not made ahead. */
    VcpuSetup setup(int index) {
        return index < setups.size() ? setups.get(index) : newSetup(index);
    }

    Kvm kvm() {
        return kvm;
    }

    int vm() {
        return vm;
    }

    @Override
    public int vcpus() {
        return vcpus;
    }

    @Override
    public Machine boot(long ramBytes) {
        take();
        return KvmMachine.boot(this, ramBytes);
    }

    @Override
    public Machine thaw(MemoryImage image, PageRuns ahead) {
        if (image.vcpus() != vcpus) {
            throw new IllegalArgumentException(
                    "an image of %d processors for %d".formatted(image.vcpus(), vcpus));
        }
        take();
        return KvmMachine.thaw(this, image, ahead);
    }

    private void take() {
        if (used) {
            throw new IllegalStateException("this machine is used already");
        }
        used = true;
    }

    @Override
    public void close() {
        if (!used) {
            used = true;
            release();
        }
    }

    /** Gives the machine and processors that nobody asked for back to the host. */
    void release() {
        setups.forEach(VcpuSetup::close);
        Files.close(vm);
    }
}
