package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.STACK_TOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class SyscallEntryTest {
    private static final String SYSCALL = "0f05";
    private static final String PATCHED = "e67e";

    /** Until the compiler has removed what only interpreted native calls allocate. */
    private static final int WARM_UP_CALLS = 16_000;

    @Test
    void syscallInstructionExitsWithUserState() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("f9", SYSCALL); // stc; syscall
            Vcpu vcpu = machine.vcpu();
            Registers registers = vcpu.registers();
            registers.rax(39);
            registers.rdi(1);
            registers.r15(15);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);

            assertThat(vcpu.syscallWasPatched()).isFalse();
            assertThat(vcpu.syscallSite()).isEqualTo(CODE + 1);
            assertThat(registers.rip()).isEqualTo(CODE + 3);
            assertThat(registers.rsp()).isEqualTo(STACK_TOP);
            assertThat(registers.rflags()).isEqualTo(0x203);
            assertThat(registers.rax()).isEqualTo(39);
            assertThat(registers.rdi()).isEqualTo(1);
            assertThat(registers.r15()).isEqualTo(15);
        }
    }

    @Test
    void goesOnBehindTheSyscallWithTheResult() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(SYSCALL, "4889c3", SYSCALL); // mov %rax,%rbx
            Vcpu vcpu = machine.vcpu();
            vcpu.run();
            vcpu.registers().rax(-38);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);

            assertThat(vcpu.registers().rbx()).isEqualTo(-38);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 7);
            assertThat(vcpu.registers().rflags()).isEqualTo(0x202);
        }
    }

    @Test
    void patchedSiteExitsFromUserMode() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("f9", PATCHED, "ffc3", PATCHED); // stc; ...; inc %ebx
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rax(39);
            vcpu.registers().rcx(77);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);

            assertThat(vcpu.syscallWasPatched()).isTrue();
            assertThat(vcpu.syscallSite()).isEqualTo(CODE + 1);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 3);
            assertThat(vcpu.registers().rflags()).isEqualTo(0x203);
            assertThat(vcpu.registers().rax()).isEqualTo(39);
            assertThat(vcpu.registers().rcx()).isEqualTo(77);

            vcpu.registers().rax(0);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rbx()).isEqualTo(1);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 7);
        }
    }

    @Test
    void patchingInPlaceTakesEffectAtTheNextCall() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(SYSCALL, "ebfc"); // again: syscall; jmp again
            Vcpu vcpu = machine.vcpu();
            vcpu.run();
            assertThat(vcpu.syscallWasPatched()).isFalse();
            machine.code(PATCHED);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.syscallWasPatched()).isTrue();
            assertThat(vcpu.syscallSite()).isEqualTo(CODE);
        }
    }

    @Test
    void aTaskThatStandsAtThePatchedSiteMakesItsOwnCall() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(PATCHED, "ffc3", PATCHED);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rax(1);
            vcpu.run();

            // A second task's registers, with RIP at the very instruction the first has just left.
            vcpu.registers().rax(2);
            vcpu.registers().rbx(0);
            vcpu.registers().rip(CODE);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 2);
            assertThat(vcpu.registers().rax()).isEqualTo(2);
            assertThat(vcpu.registers().rbx()).isZero();
        }
    }

    @Test
    void aCallCanBeRestarted() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(SYSCALL);
            Vcpu vcpu = machine.vcpu();
            for (int i = 0; i < 3; i++) {
                assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
                assertThat(vcpu.registers().rip()).isEqualTo(CODE + 2);
                vcpu.registers().rip(vcpu.syscallSite());
            }
        }
    }

    @Test
    void registersSurviveASwitchOfTasks() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(SYSCALL, SYSCALL);
            Vcpu vcpu = machine.vcpu();
            long[] first = new long[Registers.COUNT];
            for (int i = 0; i < Registers.RIP; i++) {
                vcpu.registers().set(i, 0x1000 + i);
            }
            vcpu.registers().fsBase(0x7000_1000L);
            vcpu.registers().gsBase(0x7000_2000L);
            vcpu.run();
            vcpu.registers().save(first);
            long[] second = new long[Registers.COUNT];
            second[Registers.RIP] = CODE;
            vcpu.registers().load(second);
            vcpu.run();
            assertThat(vcpu.registers().fsBase()).isZero();

            vcpu.registers().load(first);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);

            for (int i = 0; i < Registers.RIP; i++) {
                if (i != Registers.RCX && i != Registers.R11) {
                    assertThat(vcpu.registers().get(i)).isEqualTo(0x1000 + i);
                }
            }
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 4);
            assertThat(vcpu.registers().fsBase()).isEqualTo(0x7000_1000L);
            assertThat(vcpu.registers().gsBase()).isEqualTo(0x7000_2000L);
        }
    }

    @Test
    void segmentBasesTheGuestWritesAreSeen() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(
                    "f3480faed0", // wrfsbase %rax
                    "f3480faedb", // wrgsbase %rbx
                    SYSCALL);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rax(0x7fff_1234_5678L);
            vcpu.registers().rbx(0x1111_2222_3333L);
            vcpu.run();
            assertThat(vcpu.registers().fsBase()).isEqualTo(0x7fff_1234_5678L);
            assertThat(vcpu.registers().gsBase()).isEqualTo(0x1111_2222_3333L);
        }
    }

    @Test
    void aPatchedCallAllocatesNothing() {
        try (TestMachine machine = new TestMachine()) {
            machine.code(PATCHED, "ebfc");
            Vcpu vcpu = machine.vcpu();
            runCalls(vcpu, WARM_UP_CALLS);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().threadId();
            long before = threads.getThreadAllocatedBytes(thread);
            runCalls(vcpu, 1000);
            long after = threads.getThreadAllocatedBytes(thread);
            // What reading the counter itself allocates, and nothing per call.
            assertThat(after - before).isLessThan(1000);
        }
    }

    private static void runCalls(Vcpu vcpu, int count) {
        Registers registers = vcpu.registers();
        for (int i = 0; i < count; i++) {
            if (vcpu.run() != Exit.SYSCALL) {
                throw new AssertionError(vcpu.faultDetail());
            }
            registers.rax(registers.rdi() + registers.rsi());
        }
    }
}
