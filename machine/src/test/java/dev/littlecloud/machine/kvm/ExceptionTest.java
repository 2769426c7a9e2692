package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.STACK_TOP;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.KernelHalf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExceptionTest {
    private static final int GENERAL_PROTECTION = 13;
    private static final int PAGE_FAULT = 14;

    // Error code bits of page faults, SDM volume 3, 5.7.
    private static final int PRESENT = 1;
    private static final int WRITE = 2;
    private static final int USER = 4;
    private static final int FETCH = 16;

    @ParameterizedTest
    @CsvSource({
        "divide error,            31c9f7f1,       0,  2, 0",
        "breakpoint,              cc,             3,  1, 0",
        "breakpoint as int $3,    cd03,           3,  2, 0",
        "undefined instruction,   0f0b,           6,  0, 0",
        "halt,                    f4,            13,  0, 0",
        "clear interrupt flag,    faebfe,        13,  0, 0",
        "input,                   e480,          13,  0, 0",
        "output to another port,  e680,          13,  0, 0",
        "word to the exit port,   66e77e,        13,  0, 0",
        "string output,           6e,            13,  0, 0",
        "write control register,  0f22d8,        13,  0, 0",
        "swapgs,                  0f01f8,        13,  0, 0",
        "read an MSR,             0f32,          13,  0, 0",
        "kernel code segment,     6a105048cb,    13,  3, 16",
    })
    void instructionRaisesItsException(
            String name, String code, int vector, int ripOffset, int errorCode) {
        try (TestMachine machine = new TestMachine()) {
            machine.code(code);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rax(1);
            vcpu.registers().rbx(0x1234);

            assertThat(vcpu.run()).as(name).isEqualTo(Exit.EXCEPTION);

            assertThat(vcpu.vector()).isEqualTo(vector);
            assertThat(vcpu.errorCode()).isEqualTo(errorCode);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + ripOffset);
            assertThat(vcpu.registers().rbx()).isEqualTo(0x1234);
            assertThat(vcpu.registers().rflags() & 0x3200).isEqualTo(0x200);
        }
    }

    /** A deprivileged KVM makes these undefined instructions instead of protection faults. */
    @ParameterizedTest
    @ValueSource(strings = {"cd80", "cd0e", "cdff", "0f34"})
    void otherWaysIntoAKernelFault(String code) {
        try (TestMachine machine = new TestMachine()) {
            machine.code(code);
            Vcpu vcpu = machine.vcpu();

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isIn(6, GENERAL_PROTECTION);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE);
        }
    }

    @Test
    void readOfAnAbsentPageReportsItsAddressAndGoesOnOnceMapped() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488b03", "e67e"); // mov (%rbx),%rax
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rax(0x55);
            vcpu.registers().rbx(DATA + 8);

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
            assertThat(vcpu.faultAddress()).isEqualTo(DATA + 8);
            assertThat(vcpu.errorCode()).isEqualTo(USER);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE);
            assertThat(vcpu.registers().rsp()).isEqualTo(STACK_TOP);
            assertThat(vcpu.registers().rax()).isEqualTo(0x55);

            machine.mapData(0, USER_PAGE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isZero();
            assertThat(machine.tables.entry(DATA) & PageTables.ACCESSED).isNotZero();
        }
    }

    @Test
    void writeToAReadOnlyPageReportsAProtectionFault() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488903", "e67e"); // mov %rax,(%rbx)
            machine.mapData(0, USER_PAGE & ~PageTables.WRITABLE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA);
            vcpu.registers().rax(7);

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.errorCode()).isEqualTo(PRESENT | WRITE | USER);

            machine.tables.update(DATA, 0, PageTables.WRITABLE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(machine.backingLong(0)).isEqualTo(7);
            assertThat(machine.tables.entry(DATA) & PageTables.DIRTY).isNotZero();
        }
    }

    @Test
    void executionOfDataFaults() {
        try (TestMachine machine = new TestMachine()) {
            machine.mapData(0, USER_PAGE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rip(DATA);

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
            assertThat(vcpu.faultAddress()).isEqualTo(DATA);
            assertThat(vcpu.errorCode() & ~USER).isEqualTo(PRESENT | FETCH);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {KernelHalf.IDT, KernelHalf.GDT, 0xffff_ff00_0001_0000L})
    void supervisorPagesAreNotForPrograms(long address) {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488b03"); // mov (%rbx),%rax
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(address);

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
            assertThat(vcpu.faultAddress()).isEqualTo(address);
        }
    }

    @Test
    void stubsCannotBeWritten() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488903"); // mov %rax,(%rbx)
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(KernelHalf.SYSCALL_STUB);

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
            assertThat(vcpu.errorCode()).isEqualTo(PRESENT | WRITE | USER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"syscall", "exception"})
    void aJumpIntoAStubIsNoMoreThanAPatchedCallThatGoesNowhere(String stub) {
        try (TestMachine machine = new TestMachine()) {
            machine.code("ffe3"); // jmp *%rbx
            Vcpu vcpu = machine.vcpu();
            long target =
                    stub.equals("syscall")
                            ? KernelHalf.SYSCALL_STUB
                            : KernelHalf.EXCEPTION_STUBS + (6L << KernelHalf.EXCEPTION_STUB_SHIFT);
            vcpu.registers().rbx(target);
            vcpu.registers().rcx(0xdead_beefL);
            vcpu.registers().r11(2);

            if (vcpu.run() == Exit.SYSCALL) {
                assertThat(vcpu.syscallWasPatched()).isTrue();
                assertThat(vcpu.registers().rip()).isEqualTo(target + 2);
                // Behind it is a halt, which is not for programs.
                assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            }
            assertThat(vcpu.vector()).isIn(GENERAL_PROTECTION, PAGE_FAULT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"e47e", "ec", "6c", "f36c", "6e", "f36e", "66ef", "ef", "ed"})
    void theExitPortIsNoOtherPortToPrograms(String code) {
        try (TestMachine machine = new TestMachine()) {
            machine.code(code);
            machine.codeAt(0x20, "0f05");
            machine.mapData(0, USER_PAGE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rdx(KernelHalf.EXIT_PORT);
            vcpu.registers().rsi(DATA);
            vcpu.registers().rdi(DATA);
            vcpu.registers().rcx(100);
            vcpu.registers().rax(0x1234_5678);
            Exit exit = vcpu.run();
            if (exit != Exit.SYSCALL) {
                assertThat(exit).isEqualTo(Exit.EXCEPTION);
                assertThat(vcpu.vector()).isEqualTo(GENERAL_PROTECTION);
                assertThat(vcpu.registers().rax()).isEqualTo(0x1234_5678);
            }
            // Nothing of it is left to be done in the name of who runs next.
            vcpu.registers().rip(CODE + 0x20);
            vcpu.registers().rax(1);
            vcpu.registers().rcx(2);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isEqualTo(1);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 0x22);
        }
    }

    @Test
    void thePageFaultStubIsSupervisorCode() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("ffe3"); // jmp *%rbx
            Vcpu vcpu = machine.vcpu();
            vcpu.registers()
                    .rbx(
                            KernelHalf.EXCEPTION_STUBS
                                    + ((long) PAGE_FAULT << KernelHalf.EXCEPTION_STUB_SHIFT));

            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isIn(GENERAL_PROTECTION, PAGE_FAULT);
        }
    }

    @Test
    void theReturnStubReturnsToUserModeOnly() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("ffe3"); // jmp *%rbx
            machine.codeAt(0x100, "e67e");
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(KernelHalf.RETURN_STUB);
            pushReturnFrame(machine, CODE + 0x100, 0x33);
            vcpu.registers().rsp(STACK_TOP - 40);
            if (vcpu.run() == Exit.SYSCALL) {
                assertThat(vcpu.syscallWasPatched()).isTrue();
                assertThat(vcpu.registers().rip()).isEqualTo(CODE + 0x102);
            }
            vcpu.registers().rip(CODE);
            pushReturnFrame(machine, CODE + 0x100, KernelHalf.SUPERVISOR_CODE_SELECTOR);
            vcpu.registers().rsp(STACK_TOP - 40);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isIn(GENERAL_PROTECTION, PAGE_FAULT);
        }
    }

    private static void pushReturnFrame(TestMachine machine, long rip, long selector) {
        long frame = 0x2000 - 40;
        long[] values = {rip, selector, 0x202, STACK_TOP, 0x2b};
        for (long value : values) {
            machine.memory.ram().set(JAVA_LONG, frame, value);
            frame += 8;
        }
    }

    @Test
    void aNonCanonicalInstructionPointerIsAProtectionFault() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("e67e");
            Vcpu vcpu = machine.vcpu();
            vcpu.run();
            vcpu.registers().rip(0x8000_0000_0000L);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(GENERAL_PROTECTION);
        }
    }

    @Test
    void singleStepTrapsAfterEachInstruction() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("90", "90", "0f05");
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rflags(0x100);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.vector()).isEqualTo(1);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 1);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 2);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
        }
    }
}
