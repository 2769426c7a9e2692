package dev.littlecloud.machine.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.kvm.KvmMachines;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A guest that does nothing but leave, and is entered again at once: what no system call can be
 * faster than.
 */
public final class BareExit implements AutoCloseable {
    private static final long RAM_BYTES = 4L << 20;
    private static final long CODE = 0x40_0000;
    private static final int BATCH = 500;

    /** Both loops end with {@code jmp} to their first instruction. */
    private static final byte[] PATCHED_LOOP = {
        (byte) (Vcpu.PATCHED_SYSCALL & 0xff), (byte) (Vcpu.PATCHED_SYSCALL >> 8), (byte) 0xeb, -4
    };

    private static final byte[] SYSCALL_LOOP = {0x0f, 0x05, (byte) 0xeb, -4};

    private final Machine machine;
    private final Vcpu vcpu;

    public BareExit() {
        machine = KvmMachines.open(new MachineConfig(RAM_BYTES, 1));
        GuestMemory memory = machine.memory();
        memory.ensureRam(RAM_BYTES);
        PageTables tables = memory.newPageTables();
        tables.map(CODE, GuestMemory.RAM_BASE, PageTables.PRESENT | PageTables.USER);
        vcpu = machine.createVcpu();
        vcpu.registers().pageTableRoot(tables.root());
    }

    /**
     * Nanoseconds of one exit and entry, as at a patched call site: the median of batches.
     *
     * @param rounds how many exits to make, at least; some more warm up
     */
    public static double measure(int rounds) {
        try (BareExit exit = new BareExit()) {
            return exit.patchedNanos(rounds);
        }
    }

    /** The same by a {@code syscall} instruction and the stub behind it. */
    public static double measureSyscall(int rounds) {
        try (BareExit exit = new BareExit()) {
            return exit.syscallNanos(rounds);
        }
    }

    /** For measurements that take turns with others: {@link #measure} without the set-up. */
    public double patchedNanos(int rounds) {
        return loop(PATCHED_LOOP, rounds);
    }

    public double syscallNanos(int rounds) {
        return loop(SYSCALL_LOOP, rounds);
    }

    private double loop(byte[] code, int rounds) {
        MemorySegment.copy(code, 0, machine.memory().ram(), JAVA_BYTE, 0, code.length);
        vcpu.registers().rip(CODE);
        batch();
        double[] nanos = new double[Math.max(1, (rounds + BATCH - 1) / BATCH)];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            batch();
            nanos[i] = (double) (System.nanoTime() - start) / BATCH;
        }
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    private void batch() {
        for (int i = 0; i < BATCH; i++) {
            if (vcpu.run() != Exit.SYSCALL) {
                throw new IllegalStateException(vcpu.faultDetail());
            }
            // Every system call has a result.
            vcpu.registers().rax(i);
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
