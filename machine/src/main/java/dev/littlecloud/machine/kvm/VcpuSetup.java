package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.memory.KernelHalf;
import dev.littlecloud.sys.Files;
import dev.littlecloud.sys.Ioctl;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Makes a KVM virtual processor and brings it to where user mode can be entered. */
final class VcpuSetup {
    private static final int MSR_ENTRY_BYTES = 16;

    /** KVM_VCPU_TSC_CTRL and KVM_VCPU_TSC_OFFSET are both 0. */
    private static final int DEVICE_ATTR_BYTES = 24;

    private static final int DEVICE_ATTR_ADDRESS = 16;

    private final int fd;
    private final MemorySegment run;
    private final MemorySegment systemRegisters;
    private final ExtendedState extendedState;
    private final long tscOffset;
    private boolean closed;

    /**
     * @param page guest-virtual address of the processor's own page, which needs not be there yet
     */
    VcpuSetup(Kvm kvm, int vm, int index, int vcpuCount, long page) {
        // Freed by the collector: closing an arena that threads share would stop them all.
        Arena arena = Arena.ofAuto();
        this.fd = Kvm.check("KVM_CREATE_VCPU", Ioctl.call(vm, KvmApi.CREATE_VCPU, index));
        long bytes = kvm.vcpuMappingBytes();
        long address =
                Mappings.map(
                        0,
                        bytes,
                        Mappings.PROT_READ | Mappings.PROT_WRITE,
                        Mappings.MAP_SHARED,
                        fd,
                        0);
        if (address < 0) {
            Files.close(fd);
            Kvm.check("mmap of the virtual processor", address);
        }
        this.run = Mappings.segment(address, bytes);
        try {
            Cpuid cpuid = kvm.cpuid();
            cpuid.install(fd, index, vcpuCount);
            setExtendedControl(cpuid.extendedStates());
            setSyscallEntry();
            this.systemRegisters = arena.allocate(KvmApi.SREGS_BYTES, 8);
            Kvm.check("KVM_GET_SREGS", Ioctl.call(fd, KvmApi.GET_SREGS, systemRegisters));
            SystemRegisters.writeUserMode(systemRegisters, page);
            this.extendedState = new ExtendedState(fd, cpuid.extendedStateBytes(), arena);
            this.tscOffset = alignTsc();
            extendedState.reset();
        } catch (RuntimeException e) {
            unmap(run);
            Files.close(fd);
            throw e;
        }
    }

    static void unmap(MemorySegment run) {
        Mappings.unmap(run.address(), run.byteSize());
    }

    /** Gives the processor back to the host; also more than once. */
    void close() {
        if (!closed) {
            closed = true;
            unmap(run);
            Files.close(fd);
        }
    }

    int fd() {
        return fd;
    }

    MemorySegment run() {
        return run;
    }

    MemorySegment systemRegisters() {
        return systemRegisters;
    }

    ExtendedState extendedState() {
        return extendedState;
    }

    long tscOffset() {
        return tscOffset;
    }

    private void setExtendedControl(long states) {
        try (Arena arena = Arena.ofConfined()) {
            // struct kvm_xcrs: count, flags, then {xcr, reserved, value} of 16 bytes each.
            MemorySegment xcrs = arena.allocate(392, 8);
            xcrs.set(JAVA_INT, 0, 1);
            xcrs.set(JAVA_LONG, 16, states);
            Kvm.check("KVM_SET_XCRS", Ioctl.call(fd, KvmApi.SET_XCRS, xcrs));
        }
    }

    private void setSyscallEntry() {
        long[] msrs = {
            KvmApi.MSR_STAR,
            KernelHalf.STAR,
            KvmApi.MSR_LSTAR,
            KernelHalf.SYSCALL_STUB,
            KvmApi.MSR_SYSCALL_MASK,
            KernelHalf.SYSCALL_FLAG_MASK
        };
        int count = msrs.length / 2;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = arena.allocate(8 + (long) count * MSR_ENTRY_BYTES, 8);
            table.set(JAVA_INT, 0, count);
            for (int i = 0; i < count; i++) {
                table.set(JAVA_INT, 8 + (long) i * MSR_ENTRY_BYTES, (int) msrs[2 * i]);
                table.set(JAVA_LONG, 16 + (long) i * MSR_ENTRY_BYTES, msrs[2 * i + 1]);
            }
            int set = Kvm.check("KVM_SET_MSRS", Ioctl.call(fd, KvmApi.SET_MSRS, table));
            if (set != count) {
                throw new IllegalStateException("KVM refused system call entry register " + set);
            }
        }
    }

    /**
     * Gives the guest the host's counter: the same on all processors of a machine whenever they were
     * made. Where KVM refuses, the offset is what it chose.
     */
    private long alignTsc() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            MemorySegment attribute = arena.allocate(DEVICE_ATTR_BYTES, 8);
            attribute.set(JAVA_LONG, DEVICE_ATTR_ADDRESS, value.address());
            Ioctl.call(fd, KvmApi.SET_DEVICE_ATTR, attribute);
            Kvm.check("KVM_GET_DEVICE_ATTR", Ioctl.call(fd, KvmApi.GET_DEVICE_ATTR, attribute));
            return value.get(JAVA_LONG, 0);
        }
    }
}
