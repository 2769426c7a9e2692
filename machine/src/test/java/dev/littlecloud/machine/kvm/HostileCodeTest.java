package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.KernelHalf;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs made of random bytes: they may fault, loop and call, and do nothing else. */
@Timeout(120)
class HostileCodeTest {
    private static final long SEED = 20_261_121;
    private static final int PROGRAMS = 400;
    private static final int EXITS_EACH = 12;
    private static final long SLICE_NANOS = 2_000_000;
    private static final int CODE_BYTES = 96;

    /** Instructions a random byte string seldom is: those that mean something to a kernel. */
    private static final String[] SPICES = {
        "0f05",
        "e67e",
        "cc",
        "cd80",
        "0f34",
        "48cf",
        "0f01f8",
        "0f01d0",
        "fa",
        "fb",
        "f4",
        "9d",
        "ec",
        "ee",
        "6c",
        "f36e",
        "0f00d8",
        "0f22c0",
        "0f30",
        "0f32",
        "0f0b",
        "0fa2",
        "0f31",
        "ffe3",
        "ffd3",
        "cb",
        "ca0000",
        "48cb",
        "8ed0",
        "8ed8",
        "0fb2e0",
        "0f01d9",
        "0f01c1",
        "f3480faed0",
        "0fae31",
        "0fc7f0",
        "c8000001",
        "0f0008",
        "0f0110",
        "62e2fd487cc0",
        "90"
    };

    @Test
    void randomProgramsOnlyFaultCallAndLoop() {
        Random random = new Random(SEED);
        Map<Exit, Integer> seen = new EnumMap<>(Exit.class);
        for (int program = 0; program < PROGRAMS; program++) {
            // A machine for a batch: what one program does to it is felt by the next.
            try (TestMachine machine = new TestMachine()) {
                int batch = 40;
                runBatch(machine, random, batch, seen);
                program += batch - 1;
            }
        }
        assertThat(seen.keySet())
                .as("exits of programs with seed %d: %s", SEED, seen)
                .containsOnly(Exit.SYSCALL, Exit.EXCEPTION, Exit.KICKED);
    }

    private static void runBatch(
            TestMachine machine, Random random, int programs, Map<Exit, Integer> seen) {
        Vcpu vcpu = machine.vcpu();
        machine.mapData(0, USER_PAGE);
        machine.mapData(1, USER_PAGE & ~PageTables.NO_EXECUTE);
        AtomicBoolean done = new AtomicBoolean();
        Thread slicer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        LockSupport.parkNanos(SLICE_NANOS);
                                        vcpu.kick();
                                    }
                                });
        try {
            for (int i = 0; i < programs; i++) {
                byte[] code = program(random);
                MemorySegment.copy(code, 0, machine.memory.ram(), JAVA_BYTE, 0, code.length);
                machine.start(vcpu, CODE);
                scatter(vcpu.registers(), random);
                for (int exits = 0; exits < EXITS_EACH; exits++) {
                    Exit exit = vcpu.run();
                    seen.merge(exit, 1, Integer::sum);
                    if (exit != Exit.SYSCALL && exit != Exit.KICKED) {
                        assertThat(exit)
                                .as(
                                        "%s by %s",
                                        exit == Exit.EXCEPTION ? "" : vcpu.faultDetail(),
                                        HexFormat.of().formatHex(code))
                                .isEqualTo(Exit.EXCEPTION);
                        vcpu.registers().rip(CODE + random.nextInt(CODE_BYTES));
                    }
                    assertThat(vcpu.registers().rflags() & 0x3200).isEqualTo(0x200);
                }
            }
        } finally {
            done.set(true);
            joinUninterruptibly(slicer);
        }
        stillServes(machine, vcpu);
    }

    /** After all of that, an ordinary program finds an ordinary machine. */
    private static void stillServes(TestMachine machine, Vcpu vcpu) {
        machine.code("0f05", "e67e", "0f0b");
        machine.start(vcpu, CODE);
        vcpu.registers().fsBase(0);
        vcpu.registers().gsBase(0);
        assertThat(runUnkicked(vcpu)).isEqualTo(Exit.SYSCALL);
        assertThat(vcpu.syscallWasPatched()).isFalse();
        assertThat(runUnkicked(vcpu)).isEqualTo(Exit.SYSCALL);
        assertThat(vcpu.syscallWasPatched()).isTrue();
        assertThat(runUnkicked(vcpu)).isEqualTo(Exit.EXCEPTION);
        assertThat(vcpu.vector()).isEqualTo(6);
        assertThat(vcpu.registers().rip()).isEqualTo(CODE + 4);
    }

    private static Exit runUnkicked(Vcpu vcpu) {
        Exit exit = vcpu.run();
        return exit == Exit.KICKED ? vcpu.run() : exit;
    }

    private static byte[] program(Random random) {
        byte[] code = new byte[CODE_BYTES];
        random.nextBytes(code);
        for (int spices = random.nextInt(12); spices > 0; spices--) {
            byte[] spice = HexFormat.of().parseHex(SPICES[random.nextInt(SPICES.length)]);
            int at = random.nextInt(CODE_BYTES - spice.length);
            System.arraycopy(spice, 0, code, at, spice.length);
        }
        return code;
    }

    private static void scatter(Registers registers, Random random) {
        long[] values = {
            0,
            1,
            CODE,
            DATA,
            TestMachine.data(1),
            TestMachine.STACK_TOP - 64,
            KernelHalf.SYSCALL_STUB,
            KernelHalf.RETURN_STUB,
            KernelHalf.EXCEPTION_STUBS + 14 * 16,
            KernelHalf.IDT,
            0xffff_ff00_0001_0100L,
            0x8000_0000_0000L,
            -1,
            random.nextLong()
        };
        for (int i = Registers.RAX; i <= Registers.R15; i++) {
            if (i != Registers.RSP || random.nextInt(4) == 0) {
                registers.set(i, values[random.nextInt(values.length)]);
            }
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
