package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.sys.Errno;
import dev.littlecloud.sys.Files;
import dev.littlecloud.sys.Ioctl;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The host's KVM, opened once per process. */
final class Kvm {
    private static final String DEVICE = "/dev/kvm";
    private static final int SYSTEM_CALL_FAILED_LIMIT = -4096;

    private static final Kvm INSTANCE = new Kvm();

    private final int fd;
    private final Optional<String> unavailable;
    private final boolean hardware =
            java.nio.file.Files.exists(Path.of("/sys/module/kvm_intel"))
                    || java.nio.file.Files.exists(Path.of("/sys/module/kvm_amd"));
    private @Nullable Cpuid cpuid;

    private Kvm() {
        int opened = Files.open(DEVICE, Files.O_RDWR | Files.O_CLOEXEC, 0);
        this.fd = opened;
        this.unavailable = opened < 0 ? Optional.of(explain(-opened)) : missingFeature(opened);
    }

    static Kvm instance() {
        return INSTANCE;
    }

    /**
     * Whether the processor's own virtualization (VT-x, AMD-V) runs the guests. Then {@code syscall}
     * does what the manuals say, and each system register KVM hands out costs time. Otherwise KVM
     * imitates: the registers are in memory anyhow, and have to be asked what {@code syscall} did.
     */
    boolean isHardware() {
        return hardware;
    }

    /** Why machines cannot be had, and what to do about it, in one line. */
    Optional<String> unavailable() {
        return unavailable;
    }

    int fd() {
        return fd;
    }

    /** What all guests see; read from the host once. */
    synchronized Cpuid cpuid() {
        Cpuid known = cpuid;
        if (known == null) {
            known = new Cpuid(this);
            cpuid = known;
        }
        return known;
    }

    int createVm() {
        int vm;
        do {
            // Interrupted by a signal while it waits for the host's other processors.
            vm = Ioctl.call(fd, KvmApi.CREATE_VM, 0);
        } while (vm == -Errno.EINTR);
        return check("KVM_CREATE_VM", vm);
    }

    int vcpuMappingBytes() {
        return check("KVM_GET_VCPU_MMAP_SIZE", Ioctl.call(fd, KvmApi.GET_VCPU_MMAP_SIZE, 0));
    }

    static int check(String operation, int result) {
        if (result < 0) {
            throw new MachineException(operation, -result);
        }
        return result;
    }

    static long check(String operation, long result) {
        if (result < 0 && result > SYSTEM_CALL_FAILED_LIMIT) {
            throw new MachineException(operation, (int) -result);
        }
        return result;
    }

    private static String explain(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV ->
                    "no /dev/kvm: enable virtualization (VT-x or AMD-V) in the firmware, or nested"
                            + " virtualization in the hypervisor, and load the kvm module";
            case Errno.EACCES, Errno.EPERM ->
                    "no permission to open /dev/kvm: add this user to the kvm group"
                            + " (usermod -aG kvm USER) and log in again";
            default -> "cannot open /dev/kvm: errno " + errno;
        };
    }

    private static Optional<String> missingFeature(int fd) {
        if (Ioctl.call(fd, KvmApi.GET_API_VERSION, 0) != KvmApi.API_VERSION) {
            return Optional.of("/dev/kvm speaks another API version than 12");
        }
        int registers = KvmApi.SYNC_REGS | KvmApi.SYNC_SREGS;
        boolean complete =
                (Ioctl.call(fd, KvmApi.CHECK_EXTENSION, KvmApi.CAP_SYNC_REGS) & registers)
                                == registers
                        && Ioctl.call(fd, KvmApi.CHECK_EXTENSION, KvmApi.CAP_IMMEDIATE_EXIT) > 0
                        && Ioctl.call(fd, KvmApi.CHECK_EXTENSION, KvmApi.CAP_READONLY_MEM) > 0
                        && Ioctl.call(fd, KvmApi.CHECK_EXTENSION, KvmApi.CAP_USER_MEMORY) > 0;
        return complete
                ? Optional.empty()
                : Optional.of("/dev/kvm is too old: Linux 4.17 or newer on x86-64 is needed");
    }
}
