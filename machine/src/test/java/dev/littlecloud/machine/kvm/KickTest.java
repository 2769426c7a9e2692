package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Vcpu;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KickTest {
    private static final String SPIN = "ebfe";

    @Test
    void aKickBeforeTheRunIsReportedAtOnce() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("e67e");
            Vcpu vcpu = machine.vcpu();
            vcpu.kick();
            vcpu.kick();
            assertThat(vcpu.run()).isEqualTo(Exit.KICKED);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
        }
    }

    @Test
    void aKickEndsAnEndlessLoop() throws InterruptedException {
        try (TestMachine machine = new TestMachine()) {
            // mov %rsp,(%rbx): shows that the loop was reached; jmp .
            machine.code("488923", SPIN);
            machine.mapData(0, USER_PAGE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA);
            AtomicReference<Exit> exit = new AtomicReference<>();
            Thread runner = Thread.ofPlatform().start(() -> exit.set(vcpu.run()));
            while (machine.backingLong(0) == 0) {
                Thread.onSpinWait();
            }
            vcpu.kick();
            runner.join();
            assertThat(exit.get()).isEqualTo(Exit.KICKED);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 3);
            assertThat(vcpu.registers().rbx()).isEqualTo(DATA);
            assertThat(vcpu.registers().rflags() & 0x200).isEqualTo(0x200);
        }
    }

    @Test
    void aKickDuringACallIsReportedByTheNextRun() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("0f05", SPIN);
            Vcpu vcpu = machine.vcpu();
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            vcpu.kick();
            vcpu.registers().rax(7);
            assertThat(vcpu.run()).isEqualTo(Exit.KICKED);
            assertThat(vcpu.registers().rip()).isEqualTo(CODE + 2);
            assertThat(vcpu.registers().rax()).isEqualTo(7);
        }
    }

    /** Whatever moment a kick hits, the program's state comes through, in all ways of entry. */
    @Test
    void noKickIsLostAndNoStateIsDamagedAtAnyMoment() throws InterruptedException {
        try (TestMachine machine = new TestMachine()) {
            // again: inc %rbx; syscall; inc %rbx; out; inc %rbx; ud2; jmp again
            machine.code("48ffc3", "0f05", "48ffc3", "e67e", "48ffc3", "0f0b", "ebef");
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbp(0x1234_5678);
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger acknowledged = new AtomicInteger();
            AtomicInteger kicks = new AtomicInteger();
            Random moment = new Random(Long.getLong("seed", 20261121));
            Thread kicker =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!done.get()) {
                                            // One after the other would let nothing else happen.
                                            for (int i = moment.nextInt(20_000); i > 0; i--) {
                                                Thread.onSpinWait();
                                            }
                                            int before = acknowledged.get();
                                            vcpu.kick();
                                            kicks.incrementAndGet();
                                            while (acknowledged.get() == before && !done.get()) {
                                                Thread.onSpinWait();
                                            }
                                        }
                                    });
            long events = 0;
            int kicked = 0;
            int[] order = new int[3];
            try {
                while (events < 3000) {
                    switch (vcpu.run()) {
                        case KICKED -> {
                            kicked++;
                            acknowledged.incrementAndGet();
                        }
                        case SYSCALL -> {
                            order[vcpu.syscallWasPatched() ? 1 : 0]++;
                            events++;
                        }
                        case EXCEPTION -> {
                            assertThat(vcpu.vector()).isEqualTo(6);
                            vcpu.registers().rip(vcpu.registers().rip() + 2);
                            order[2]++;
                            events++;
                        }
                        case HALT, SHUTDOWN, FAULT -> throw new AssertionError(vcpu.faultDetail());
                    }
                    assertThat(vcpu.registers().rip()).isBetween(CODE, CODE + 16);
                    assertThat(vcpu.registers().rsp()).isEqualTo(TestMachine.STACK_TOP);
                    assertThat(vcpu.registers().rbp()).isEqualTo(0x1234_5678);
                }
            } finally {
                done.set(true);
                kicker.join();
            }
            assertThat(order).containsExactly(1000, 1000, 1000);
            assertThat(vcpu.registers().rbx()).isBetween(3000L, 3001L);
            assertThat(kicked).isPositive();
            assertThat(kicked).isGreaterThanOrEqualTo(kicks.get() - 1);
        }
    }
}
