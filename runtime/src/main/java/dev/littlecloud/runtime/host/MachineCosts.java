package dev.littlecloud.runtime.host;

import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.bench.BareExit;
import dev.littlecloud.machine.kvm.KvmMachines;

/** What this host's virtualisation costs by itself: no instance can cost less. */
public final class MachineCosts implements AutoCloseable {
    private static final int EXITS = 2000;
    private static final long RAM_BYTES = 64L << 20;
    private static final long FIRST_RAM_BYTES = 2L << 20;

    private final BareExit bareExit = new BareExit();

    /** Nanoseconds from a guest to this process and back, with nothing done here. */
    public double exitNanos() {
        return bareExit.patchedNanos(EXITS);
    }

    /** Nanoseconds to make a machine with memory and a processor, and to end it. */
    public static double lifeNanos() {
        long start = System.nanoTime();
        try (Machine machine = KvmMachines.open(new MachineConfig(RAM_BYTES, 1))) {
            machine.memory().ensureRam(FIRST_RAM_BYTES);
            machine.createVcpu();
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        bareExit.close();
    }
}
