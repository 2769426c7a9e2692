package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.sys.HostTsc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class VcpuStateTest {
    private static final int CPUID_7_AVX512F = 1 << 16;
    private static final int HIGH_ZMM = 1664;
    private static final int CPUID_1_OSXSAVE = 1 << 27;
    private static final int CPUID_1_HYPERVISOR = 1 << 31;
    private static final int XSTATE_BV = 512;
    private static final int YMM_HIGH = 576;

    @Test
    void vectorRegistersAreSavedAndLoaded() {
        try (TestMachine machine = new TestMachine();
                Arena arena = Arena.ofConfined()) {
            machine.code(
                    "c4e1f96ec0", // vmovq %rax,%xmm0
                    "c4e37d18c001", // vinsertf128 $1,%xmm0,%ymm0,%ymm0
                    "e67e",
                    "c4e37d19c101", // vextractf128 $1,%ymm0,%xmm1
                    "c4e1f97ecb", // vmovq %xmm1,%rbx
                    "e67e");
            Vcpu vcpu = machine.vcpu();
            MemorySegment first = arena.allocate(vcpu.extendedStateBytes(), 64);
            vcpu.registers().rax(0x1122_3344_5566L);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            vcpu.saveExtendedState(first);
            assertThat(first.get(JAVA_LONG, XSTATE_BV) & 4).isEqualTo(4);
            assertThat(first.get(JAVA_LONG, YMM_HIGH)).isEqualTo(0x1122_3344_5566L);

            vcpu.resetExtendedState();
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rbx()).isZero();

            assertThat(vcpu.loadExtendedState(first)).isTrue();
            vcpu.registers().rip(CODE + 13);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rbx()).isEqualTo(0x1122_3344_5566L);
        }
    }

    /** AVX-512 is hidden, or else its state is carried: a program may use what it finds. */
    @Test
    void registersAProgramCanUseAreSaved() {
        try (TestMachine machine = new TestMachine();
                Arena arena = Arena.ofConfined()) {
            machine.code("0fa2", "e67e");
            Vcpu vcpu = machine.vcpu();
            boolean hasAvx512 = (cpuid(machine, vcpu, 7, 0)[1] & CPUID_7_AVX512F) != 0;
            machine.code("62e2fd487cc0", "e67e"); // vpbroadcastq %rax,%zmm16; out
            machine.start(vcpu, CODE);
            vcpu.registers().rax(0x1122_3344_5566L);
            if (!hasAvx512) {
                assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
                return;
            }
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            MemorySegment state = arena.allocate(vcpu.extendedStateBytes(), 64);
            vcpu.saveExtendedState(state);
            assertThat(state.get(JAVA_LONG, HIGH_ZMM)).isEqualTo(0x1122_3344_5566L);
            assertThat(state.get(JAVA_LONG, HIGH_ZMM + 56)).isEqualTo(0x1122_3344_5566L);
        }
    }

    @Test
    void aNewProcessorHasTheInitialState() {
        try (TestMachine machine = new TestMachine();
                Arena arena = Arena.ofConfined()) {
            Vcpu vcpu = machine.vcpu();
            MemorySegment state = arena.allocate(vcpu.extendedStateBytes(), 64);
            vcpu.saveExtendedState(state);
            assertThat(state.get(JAVA_SHORT, 0)).isEqualTo((short) 0x37f);
            assertThat(state.get(JAVA_INT, 24)).isEqualTo(0x1f80);
        }
    }

    @Test
    void invalidExtendedStateIsRefused() {
        try (TestMachine machine = new TestMachine();
                Arena arena = Arena.ofConfined()) {
            machine.code("e67e");
            Vcpu vcpu = machine.vcpu();
            MemorySegment state = arena.allocate(vcpu.extendedStateBytes(), 64);
            vcpu.saveExtendedState(state);
            state.set(JAVA_INT, 24, 0xffff_ffff);
            assertThat(vcpu.loadExtendedState(state)).isFalse();
            state.set(JAVA_INT, 24, 0x1f80);
            state.set(JAVA_LONG, XSTATE_BV, -1);
            assertThat(vcpu.loadExtendedState(state)).isFalse();
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
        }
    }

    @Test
    void theGuestsTimeStampCounterIsTheHostsPlusTheOffset() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("0f31", "48c1e220", "4809d0", "e67e"); // rdtsc; combine; out
            Vcpu vcpu = machine.vcpu();
            long before = HostTsc.read();
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            long after = HostTsc.read();
            assertThat(vcpu.registers().rax() - vcpu.tscOffset()).isBetween(before, after);
        }
    }

    @Test
    void cpuidShowsTheMachineAndNotTheHost() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("0fa2", "e67e");
            machine.vcpu();
            Vcpu vcpu = machine.vcpu();
            int[] leaf1 = cpuid(machine, vcpu, 1, 0);
            assertThat(leaf1[1] >>> 24).as("APIC id").isEqualTo(1);
            assertThat((leaf1[1] >>> 16) & 0xff).as("logical processors").isEqualTo(4);
            assertThat(leaf1[2] & CPUID_1_OSXSAVE).isNotZero();
            assertThat(leaf1[2] & CPUID_1_HYPERVISOR).isZero();
            assertThat(cpuid(machine, vcpu, 0xd, 0)[1]).isEqualTo(vcpu.extendedStateBytes());
            assertThat(cpuid(machine, vcpu, 0xb, 0)[3]).isEqualTo(1);
            assertThat(cpuid(machine, vcpu, 0xb, 1)[1]).isEqualTo(4);
            assertThat(cpuid(machine, vcpu, 0x8000_0007, 0)[3] & (1 << 8))
                    .as("invariant TSC")
                    .isNotZero();
        }
    }

    private static int[] cpuid(TestMachine machine, Vcpu vcpu, int leaf, int subleaf) {
        machine.start(vcpu, CODE);
        vcpu.registers().rax(leaf);
        vcpu.registers().rcx(subleaf);
        assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
        return new int[] {
            (int) vcpu.registers().rax(),
            (int) vcpu.registers().rbx(),
            (int) vcpu.registers().rcx(),
            (int) vcpu.registers().rdx()
        };
    }
}
