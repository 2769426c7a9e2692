package dev.littlecloud.machine.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.kvm.KvmMachines;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Prints what entering, leaving, memory and machines cost on this host. */
public final class MachineBench {
    private static final long PAGE = GuestMemory.PAGE_SIZE;
    private static final long RAM_BYTES = 64L << 20;
    private static final long CODE = 0x40_0000;
    private static final long DATA = 0x1000_0000;
    private static final long DATA_RAM = 0x10_0000;
    private static final int PAGES = 2048;
    private static final long DATA_FLAGS =
            PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER | PageTables.NO_EXECUTE;

    /** again: mov %rax,(%rbx); add $4096,%rbx; dec %rcx; jnz again; out. */
    private static final String TOUCH = "488903 4881c300100000 48ffc9 75f1 e67e";

    private static final int MACHINES = 40;
    private static final int EXITS = 10_000;

    private final PrintStream out;

    private MachineBench(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        Optional<String> unavailable = KvmMachines.unavailable();
        if (unavailable.isPresent()) {
            System.err.println(unavailable.get());
            System.exit(1);
        }
        new MachineBench(System.out).run();
    }

    private void run() {
        // Twice, so that the second runs compiled.
        BareExit.measure(EXITS);
        print("bare exit (patched call site)", BareExit.measure(EXITS));
        print("system call by syscall instruction", BareExit.measureSyscall(EXITS));
        memory();
        machines();
    }

    private void memory() {
        try (Machine machine = KvmMachines.open(new MachineConfig(RAM_BYTES, 1))) {
            GuestMemory memory = machine.memory();
            memory.ensureRam(RAM_BYTES);
            byte[] code = HexFormat.of().parseHex(TOUCH.replace(" ", ""));
            MemorySegment.copy(code, 0, memory.ram(), JAVA_BYTE, 0, code.length);
            PageTables tables = memory.newPageTables();
            tables.map(CODE, GuestMemory.RAM_BASE, PageTables.PRESENT | PageTables.USER);
            tables.map(DATA, GuestMemory.RAM_BASE + DATA_RAM, PAGES, DATA_FLAGS);
            Vcpu vcpu = machine.createVcpu();
            vcpu.registers().pageTableRoot(tables.root());
            print("first touch of a page", touch(vcpu) / PAGES);
            memory.zap(GuestMemory.RAM_BASE + DATA_RAM, PAGES * PAGE);
            print("touch after a zap", touch(vcpu) / PAGES);
            memory.discard(DATA_RAM, PAGES * PAGE);
            long start = System.nanoTime();
            memory.populate(DATA_RAM, PAGES * PAGE);
            print("populating a page, in bulk", (double) (System.nanoTime() - start) / PAGES);
            print("touch of a populated page", touch(vcpu) / PAGES);
            print("zap of one page", zap(vcpu, memory, 1));
            print("zap of 2048 pages", zap(vcpu, memory, PAGES));
        }
    }

    private static double touch(Vcpu vcpu) {
        vcpu.registers().rip(CODE);
        vcpu.registers().rbx(DATA);
        vcpu.registers().rcx(PAGES);
        long start = System.nanoTime();
        if (vcpu.run() != Exit.SYSCALL) {
            throw new IllegalStateException(vcpu.faultDetail());
        }
        return System.nanoTime() - start;
    }

    private static double zap(Vcpu vcpu, GuestMemory memory, int pages) {
        double[] nanos = new double[9];
        for (int i = 0; i < nanos.length; i++) {
            touch(vcpu);
            long start = System.nanoTime();
            memory.zap(GuestMemory.RAM_BASE + DATA_RAM, pages * PAGE);
            nanos[i] = System.nanoTime() - start;
        }
        return median(nanos);
    }

    private void machines() {
        double[] open = new double[MACHINES];
        double[] ram = new double[MACHINES];
        double[] vcpu = new double[MACHINES];
        double[] close = new double[MACHINES];
        for (int i = 0; i < MACHINES; i++) {
            long start = System.nanoTime();
            Machine machine = KvmMachines.open(new MachineConfig(RAM_BYTES, 1));
            long opened = System.nanoTime();
            machine.memory().ensureRam(PAGE);
            long grown = System.nanoTime();
            machine.createVcpu();
            long created = System.nanoTime();
            machine.close();
            long closed = System.nanoTime();
            open[i] = opened - start;
            ram[i] = grown - opened;
            vcpu[i] = created - grown;
            close[i] = closed - created;
        }
        print("opening a machine", median(open));
        print("first memory slot", median(ram));
        print("creating a virtual processor", median(vcpu));
        print("closing a machine", median(close));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private void print(String what, double nanos) {
        out.printf(Locale.ROOT, "%-36s %10.2f us%n", what, nanos / 1000);
    }
}
