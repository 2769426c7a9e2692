package dev.littlecloud.machine.kvm;

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
        unavailable()
                .ifPresent(
                        reason -> {
                            throw new IllegalStateException(reason);
                        });
        return new KvmMachine(Kvm.instance(), config);
    }
}
