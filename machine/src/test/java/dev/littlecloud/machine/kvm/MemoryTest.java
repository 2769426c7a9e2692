package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.sys.Files;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final long FILE_BYTES = 16 * GuestMemory.PAGE_SIZE;

    @Test
    void ramGrowsUnderTheGuest() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488903", "e67e"); // mov %rax,(%rbx); out
            Vcpu vcpu = machine.vcpu();
            long offset = 40L << 20;
            assertThat(machine.memory.usableRam()).isLessThan(offset);
            vcpu.run();
            machine.memory.ensureRam(offset + GuestMemory.PAGE_SIZE);
            assertThat(machine.memory.usableRam())
                    .isGreaterThan(offset)
                    .isLessThanOrEqualTo(machine.memory.ramBytes());
            machine.tables.map(DATA, GuestMemory.RAM_BASE + offset, USER_PAGE);
            vcpu.registers().rip(CODE);
            vcpu.registers().rbx(DATA);
            vcpu.registers().rax(99);

            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(machine.memory.ram().get(JAVA_LONG, offset)).isEqualTo(99);
            assertThat(machine.memory.at(GuestMemory.RAM_BASE + offset, 8).get(JAVA_LONG, 0))
                    .isEqualTo(99);
        }
    }

    @Test
    void memoryBehindNoSlotIsAHostFaultThatLeavesTheProcessorUsable() {
        try (TestMachine machine = new TestMachine()) {
            machine.code("488b03", "e67e"); // mov (%rbx),%rax; out
            Vcpu vcpu = machine.vcpu();
            machine.tables.map(DATA, GuestMemory.RAM_BASE + (60L << 20), USER_PAGE);
            vcpu.registers().rbx(DATA);
            vcpu.registers().rdi(5);
            assertThat(vcpu.run()).isEqualTo(Exit.FAULT);
            assertThat(vcpu.faultErrno()).isPositive();
            assertThat(vcpu.faultDetail()).isNotBlank();
            assertThat(vcpu.registers().rdi()).isEqualTo(5);

            machine.mapData(1, USER_PAGE);
            machine.backingLong(1, 8);
            vcpu.registers().rbx(TestMachine.data(1));
            vcpu.registers().rip(CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isEqualTo(8);
        }
    }

    @Test
    void pagesOfAFileAreReadAndKeptWhenZapped() {
        try (TestMachine machine = new TestMachine();
                SharedFile file = new SharedFile()) {
            machine.code("488b03", "e67e"); // mov (%rbx),%rax; out
            file.mapping.set(JAVA_LONG, GuestMemory.PAGE_SIZE, 42);
            FileWindow window = machine.memory.mapFile(file.mapping, false);
            machine.tables.map(
                    DATA,
                    window.guestPhysical() + GuestMemory.PAGE_SIZE,
                    USER_PAGE & ~PageTables.WRITABLE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isEqualTo(42);

            machine.memory.zap(window.guestPhysical(), FILE_BYTES);
            file.mapping.set(JAVA_LONG, GuestMemory.PAGE_SIZE, 43);
            vcpu.registers().rip(CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isEqualTo(43);
            assertThat(
                            machine.memory
                                    .at(window.guestPhysical() + GuestMemory.PAGE_SIZE, 8)
                                    .get(JAVA_LONG, 0))
                    .isEqualTo(43);
        }
    }

    @Test
    void oneZapReachesOverAdjoiningWindows() {
        try (TestMachine machine = new TestMachine();
                SharedFile file = new SharedFile();
                SharedFile other = new SharedFile()) {
            machine.code("488b03", "e67e"); // mov (%rbx),%rax; out
            FileWindow first = machine.memory.mapFile(file.mapping, false);
            FileWindow second = machine.memory.mapFile(other.mapping, false);
            assertThat(second.guestPhysical()).isEqualTo(first.guestPhysical() + FILE_BYTES);
            other.mapping.set(JAVA_LONG, 0, 42);
            long readOnly = USER_PAGE & ~PageTables.WRITABLE;
            machine.tables.map(DATA, second.guestPhysical(), readOnly);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isEqualTo(42);

            machine.tables.map(DATA, first.guestPhysical(), readOnly);
            machine.memory.zap(first.guestPhysical(), 2 * FILE_BYTES);
            vcpu.registers().rip(CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isZero();
        }
    }

    @Test
    void aReadOnlyWindowCannotBeWrittenEvenByAWritableEntry() {
        try (TestMachine machine = new TestMachine();
                SharedFile file = new SharedFile()) {
            machine.code("488903", "e67e"); // mov %rax,(%rbx); out
            file.mapping.set(JAVA_LONG, 0, 42);
            FileWindow window = machine.memory.mapFile(file.mapping, false);
            machine.tables.map(DATA, window.guestPhysical(), USER_PAGE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA);
            assertThat(vcpu.run()).isEqualTo(Exit.FAULT);
            assertThat(file.mapping.get(JAVA_LONG, 0)).isEqualTo(42);
        }
    }

    @Test
    void aWritableWindowWritesToTheFile() {
        try (TestMachine machine = new TestMachine();
                SharedFile file = new SharedFile()) {
            machine.code("488903", "e67e"); // mov %rax,(%rbx); out
            FileWindow window = machine.memory.mapFile(file.mapping, true);
            machine.tables.map(DATA, window.guestPhysical() + 0x2000, USER_PAGE);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rbx(DATA + 16);
            vcpu.registers().rax(7);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(file.mapping.get(JAVA_LONG, 0x2010)).isEqualTo(7);
        }
    }

    @Test
    void closedWindowsGiveTheirRoomBack() {
        try (TestMachine machine = new TestMachine();
                SharedFile file = new SharedFile()) {
            FileWindow first = machine.memory.mapFile(file.mapping, false);
            FileWindow second = machine.memory.mapFile(file.mapping, false);
            assertThat(second.guestPhysical())
                    .isGreaterThanOrEqualTo(first.guestPhysical() + FILE_BYTES);
            long base = first.guestPhysical();
            first.close();
            assertThatThrownBy(() -> machine.memory.at(base, 8))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(machine.memory.mapFile(file.mapping, false).guestPhysical()).isEqualTo(base);
        }
    }

    @Test
    void populatedRamIsThereBeforeItIsTouched() {
        try (TestMachine machine = new TestMachine()) {
            machine.memory.populate(0, 1L << 20);
            machine.memory.discard(0, 1L << 20);
            assertThat(machine.memory.ram().get(JAVA_LONG, 8)).isZero();
            assertThatThrownBy(() -> machine.memory.populate(1, 4096))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> machine.memory.discard(64L << 20, 4096))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static final class SharedFile implements AutoCloseable {
        final MemorySegment mapping;
        private final int fd;

        SharedFile() {
            fd = Files.memfdCreate("test", Files.MFD_CLOEXEC);
            Files.truncate(fd, FILE_BYTES);
            mapping =
                    Mappings.segment(
                            Mappings.map(
                                    0,
                                    FILE_BYTES,
                                    Mappings.PROT_READ | Mappings.PROT_WRITE,
                                    Mappings.MAP_SHARED,
                                    fd,
                                    0),
                            FILE_BYTES);
        }

        @Override
        public void close() {
            Mappings.unmap(mapping.address(), FILE_BYTES);
            Files.close(fd);
        }
    }
}
