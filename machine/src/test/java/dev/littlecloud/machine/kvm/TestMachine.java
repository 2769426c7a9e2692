package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * A machine with one address space: a code page, a stack page and a window of data pages, each
 * data page at the same offset from {@link #DATA} as its backing page from {@link #DATA_RAM}.
 */
final class TestMachine implements AutoCloseable {
    static final long CODE = 0x40_0000;
    static final long STACK = 0x50_0000;
    static final long STACK_TOP = STACK + 0x1000;
    static final long DATA = 0x60_0000;

    static final long DATA_RAM = 0x10_0000;
    static final long DATA_BYTES = 0x10_0000;

    static final long USER_PAGE =
            PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER | PageTables.NO_EXECUTE;
    private static final long CODE_PAGE = PageTables.PRESENT | PageTables.USER;

    private static final long RAM_BYTES = 64L << 20;
    private static final int VCPUS = 4;

    final Machine machine;
    final GuestMemory memory;
    final PageTables tables;

    TestMachine() {
        assumeTrue(
                KvmMachines.unavailable().isEmpty(),
                () -> KvmMachines.unavailable().orElse("machines are available"));
        machine = KvmMachines.open(new MachineConfig(RAM_BYTES, VCPUS));
        memory = machine.memory();
        memory.ensureRam(DATA_RAM + DATA_BYTES);
        tables = addressSpace();
    }

    /** Another address space with the same code and stack, and no data. */
    PageTables addressSpace() {
        PageTables space = memory.newPageTables();
        space.map(CODE, GuestMemory.RAM_BASE, CODE_PAGE);
        space.map(STACK, GuestMemory.RAM_BASE + 0x1000, USER_PAGE);
        return space;
    }

    Vcpu vcpu() {
        Vcpu vcpu = machine.createVcpu();
        start(vcpu, CODE);
        return vcpu;
    }

    /** Sets a processor to begin at an address with an empty stack. */
    void start(Vcpu vcpu, long rip) {
        vcpu.registers().pageTableRoot(tables.root());
        vcpu.registers().rip(rip);
        vcpu.registers().rsp(STACK_TOP);
        vcpu.registers().rflags(0);
    }

    /** Writes machine code, given in hexadecimal, into the code page. */
    void code(String... hex) {
        codeAt(0, hex);
    }

    void codeAt(long offset, String... hex) {
        byte[] bytes = HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
        MemorySegment.copy(bytes, 0, memory.ram(), JAVA_BYTE, offset, bytes.length);
    }

    /** Maps a data page to its backing page. */
    void mapData(long page, long flags) {
        tables.map(data(page), backing(page), flags);
    }

    static long data(long page) {
        return DATA + page * GuestMemory.PAGE_SIZE;
    }

    static long backing(long page) {
        return GuestMemory.RAM_BASE + DATA_RAM + page * GuestMemory.PAGE_SIZE;
    }

    long backingLong(long page) {
        return memory.ram().get(JAVA_LONG, DATA_RAM + page * GuestMemory.PAGE_SIZE);
    }

    void backingLong(long page, long value) {
        memory.ram().set(JAVA_LONG, DATA_RAM + page * GuestMemory.PAGE_SIZE, value);
    }

    @Override
    public void close() {
        machine.close();
    }
}
