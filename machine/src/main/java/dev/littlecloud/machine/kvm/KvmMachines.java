package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.BlankMachine;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import java.util.Optional;

/** Opens machines on the host's KVM. */
public final class KvmMachines {
    private KvmMachines() {}

    /** Why this host gives no machines and how to change that, in one line; empty if it does. */
    public static Optional<String> unavailable() {
        return Kvm.instance().unavailable();
    }

    /**
     * A new machine, without virtual processors yet.
     *
     * @throws IllegalStateException when machines are {@link #unavailable()}
     */
    public static Machine open(MachineConfig config) {
        requireAvailable();
        return new KvmBlank(Kvm.instance(), config.maxVcpus()).boot(config.ramBytes());
    }

    /**
     * A machine with its virtual processors and without memory.
     *
     * @throws IllegalStateException when machines are {@link #unavailable()}
     */
    public static BlankMachine blank(int vcpus) {
        requireAvailable();
        return new KvmBlank(Kvm.instance(), vcpus).prepare();
    }

    private static void requireAvailable() {
        unavailable()
                .ifPresent(
                        reason -> {
                            throw new IllegalStateException(reason);
                        });
    }
}
