package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks take turns on one processor, switched at every kind of exit, and mix nothing up. */
@Timeout(60)
class TaskSwitchTest {
    private static final long SEED = 7;
    private static final int TASKS = 4;
    private static final int STEPS = 4000;

    private static final int UNDEFINED_INSTRUCTION = 6;
    private static final int PAGE_FAULT = 14;

    /** Every task has its own absent page. */
    private static final long ABSENT = 0x700_0000;

    // The program, by the offset of each instruction.
    private static final long SYSCALL = CODE;
    private static final long PATCHED = CODE + 2;
    private static final long UNDEFINED = CODE + 4;
    private static final long READ_ABSENT = CODE + 6;
    private static final long JUMP_BACK = CODE + 9;

    /** The processor sets the resume flag in what exceptions save. */
    private static final long RESUME_FLAG = 1 << 16;

    private final Random random = new Random(SEED);
    private final long[][] images = new long[TASKS][Registers.COUNT];
    private final PageTables[] spaces = new PageTables[TASKS];

    @Test
    void ofDifferentAddressSpaces() {
        try (TestMachine machine = new TestMachine()) {
            for (int task = 0; task < TASKS; task++) {
                spaces[task] = machine.addressSpace();
            }
            takeTurns(machine);
        }
    }

    @Test
    void ofOneAddressSpace() {
        try (TestMachine machine = new TestMachine()) {
            Arrays.fill(spaces, machine.tables);
            takeTurns(machine);
        }
    }

    /** The kick may come when KVM has the exception, but has not given it to the program yet. */
    @Test
    void aKickDoesNotHandAnExceptionToTheNextTask() throws InterruptedException {
        try (TestMachine machine = new TestMachine()) {
            // One task reads an absent page for ever, the other only jumps.
            machine.code("488b03", "ebfb");
            machine.codeAt(0x100, "ebfe");
            Vcpu vcpu = machine.vcpu();
            long[] reads = newTask(0);
            reads[Registers.RIP] = CODE;
            long[] jumps = newTask(1);
            jumps[Registers.RIP] = CODE + 0x100;
            vcpu.registers().pageTableRoot(machine.tables.root());
            AtomicBoolean done = new AtomicBoolean();
            Thread kicker =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!done.get()) {
                                            vcpu.kick();
                                            LockSupport.parkNanos(20_000);
                                        }
                                    });
            try {
                for (int turn = 0; turn < 2000; turn++) {
                    vcpu.registers().load(reads);
                    while (vcpu.run() == Exit.EXCEPTION) {
                        assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
                        assertThat(vcpu.faultAddress()).isEqualTo(ABSENT);
                    }
                    vcpu.registers().save(reads);
                    vcpu.registers().load(jumps);
                    assertThat(vcpu.run()).as("turn %d", turn).isEqualTo(Exit.KICKED);
                    vcpu.registers().save(jumps);
                    assertThat(jumps[Registers.RIP]).isEqualTo(CODE + 0x100);
                }
            } finally {
                done.set(true);
                kicker.join();
            }
        }
    }

    private void takeTurns(TestMachine machine) {
        machine.code("0f05", "e67e", "0f0b", "488b03", "ebf5");
        Vcpu vcpu = machine.vcpu();
        for (int task = 0; task < TASKS; task++) {
            images[task] = newTask(task);
        }
        int current = -1;
        for (int step = 0; step < STEPS; step++) {
            int task = current >= 0 && random.nextInt(3) > 0 ? current : random.nextInt(TASKS);
            if (task != current) {
                vcpu.registers().load(images[task]);
                vcpu.registers().pageTableRoot(spaces[task].root());
                current = task;
            }
            if (random.nextInt(10) == 0) {
                vcpu.kick();
            }
            Exit exit = vcpu.run();
            long[] expected = expected(vcpu, exit, images[task].clone());
            long[] actual = new long[Registers.COUNT];
            vcpu.registers().save(actual);
            assertThat(withoutResumeFlag(actual))
                    .as("step %d, task %d, %s, seed %d", step, task, exit, SEED)
                    .containsExactly(withoutResumeFlag(expected));
            images[task] = handle(vcpu, exit, actual);
        }
    }

    private long[] newTask(int task) {
        long[] image = new long[Registers.COUNT];
        for (int i = 0; i < Registers.RIP; i++) {
            image[i] = random.nextLong();
        }
        image[Registers.RBX] = ABSENT + task * 0x1000L;
        image[Registers.RIP] = SYSCALL;
        image[Registers.RFLAGS] = 0x202;
        image[Registers.FS_BASE] = random.nextLong() >>> 17;
        image[Registers.GS_BASE] = random.nextLong() >>> 17;
        return image;
    }

    private static long[] expected(Vcpu vcpu, Exit exit, long[] registers) {
        long from = registers[Registers.RIP];
        switch (exit) {
            case KICKED -> {}
            case SYSCALL -> {
                if (vcpu.syscallWasPatched()) {
                    assertThat(from).isEqualTo(PATCHED);
                    registers[Registers.RIP] = UNDEFINED;
                } else {
                    assertThat(from).isIn(SYSCALL, JUMP_BACK);
                    registers[Registers.RIP] = PATCHED;
                    registers[Registers.RCX] = PATCHED;
                    registers[Registers.R11] = registers[Registers.RFLAGS];
                }
            }
            case EXCEPTION -> {
                if (from == UNDEFINED) {
                    assertThat(vcpu.vector()).isEqualTo(UNDEFINED_INSTRUCTION);
                } else {
                    assertThat(from).isEqualTo(READ_ABSENT);
                    assertThat(vcpu.vector()).isEqualTo(PAGE_FAULT);
                    assertThat(vcpu.faultAddress()).isEqualTo(registers[Registers.RBX]);
                }
            }
            case HALT, SHUTDOWN, FAULT -> throw new AssertionError(vcpu.faultDetail());
        }
        return registers;
    }

    private long[] handle(Vcpu vcpu, Exit exit, long[] registers) {
        if (exit == Exit.SYSCALL) {
            registers[Registers.RAX] = random.nextLong();
            vcpu.registers().rax(registers[Registers.RAX]);
        } else if (exit == Exit.EXCEPTION) {
            boolean undefined = registers[Registers.RIP] == UNDEFINED;
            registers[Registers.RIP] = undefined ? READ_ABSENT : JUMP_BACK;
            vcpu.registers().rip(registers[Registers.RIP]);
        }
        return registers;
    }

    private static long[] withoutResumeFlag(long[] registers) {
        long[] result = registers.clone();
        result[Registers.RFLAGS] &= ~RESUME_FLAG;
        result[Registers.R11] &= ~RESUME_FLAG;
        return result;
    }
}
