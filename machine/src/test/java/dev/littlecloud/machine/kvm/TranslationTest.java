package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static dev.littlecloud.machine.kvm.TestMachine.backing;
import static dev.littlecloud.machine.kvm.TestMachine.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What running processors see of changed page tables and backing pages. */
@Timeout(60)
class TranslationTest {
    /** mov (%rbx),%rax; out. */
    private static final String READ = "488b03 e67e";

    /** mov %rax,(%rbx); out. */
    private static final String WRITE = "488903 e67e";

    private static final long WRITE_AT = 0x10;

    private static final int WRITE_FAULT = 7;

    private static TestMachine machine() {
        TestMachine machine = new TestMachine();
        machine.code(READ);
        machine.codeAt(WRITE_AT, WRITE);
        return machine;
    }

    private static long read(Vcpu vcpu, long address) {
        vcpu.registers().rip(CODE);
        vcpu.registers().rbx(address);
        Exit exit = vcpu.run();
        if (exit != Exit.SYSCALL) {
            throw new AssertionError(exit + " at " + Long.toHexString(vcpu.faultAddress()));
        }
        return vcpu.registers().rax();
    }

    private static Exit write(Vcpu vcpu, long address, long value) {
        vcpu.registers().rip(CODE + WRITE_AT);
        vcpu.registers().rbx(address);
        vcpu.registers().rax(value);
        return vcpu.run();
    }

    @Test
    void anotherBackingPageIsSeenAfterAZapOfTheOldOne() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            machine.mapData(0, USER_PAGE);
            machine.backingLong(0, 1);
            machine.backingLong(1, 2);
            assertThat(read(vcpu, DATA)).isEqualTo(1);

            long old = machine.tables.exchange(DATA, backing(1) | USER_PAGE);
            assertThat(old & PageTables.ACCESSED).isNotZero();
            machine.memory.zap(backing(0), GuestMemory.PAGE_SIZE);

            assertThat(read(vcpu, DATA)).isEqualTo(2);
            assertThat(machine.backingLong(0)).isEqualTo(1);
        }
    }

    @Test
    void anUnusedEntryIsChangedWithoutAZap() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            machine.mapData(0, USER_PAGE);
            machine.mapData(1, USER_PAGE);
            machine.backingLong(2, 3);
            read(vcpu, data(0));

            long old = machine.tables.exchange(data(1), backing(2) | USER_PAGE);
            assertThat(old & PageTables.ACCESSED).isZero();

            assertThat(read(vcpu, data(1))).isEqualTo(3);
        }
    }

    @Test
    void unmappedPagesFaultAfterAZap() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            machine.mapData(0, USER_PAGE);
            read(vcpu, DATA);
            machine.tables.exchange(DATA, 0);
            machine.memory.zap(backing(0), GuestMemory.PAGE_SIZE);

            vcpu.registers().rip(CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.faultAddress()).isEqualTo(DATA);
        }
    }

    /** After some changes the host's mapping is cut, so that they reach less far. */
    @Test
    void translationsAreForgottenHoweverOften() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            machine.mapData(0, USER_PAGE);
            machine.mapData(2, USER_PAGE);
            for (int page = 0; page < 3; page++) {
                machine.backingLong(page, page);
            }
            for (int i = 0; i < 40; i++) {
                assertThat(read(vcpu, data(0))).isEqualTo(i % 2);
                assertThat(read(vcpu, data(2))).isEqualTo(2);
                machine.tables.exchange(data(0), backing((i + 1) % 2) | USER_PAGE);
                machine.memory.zap(backing(i % 2), GuestMemory.PAGE_SIZE);
            }
        }
    }

    /** As at fork: all pages of a range lose the right to be written, by one zap of the range. */
    @Test
    void bulkWriteProtectionHoldsForAllProcessors() {
        try (TestMachine machine = machine()) {
            Vcpu first = machine.vcpu();
            Vcpu second = machine.vcpu();
            int pages = 64;
            for (int page = 0; page < pages; page++) {
                machine.mapData(page, USER_PAGE);
                assertThat(write(first, data(page), page)).isEqualTo(Exit.SYSCALL);
                assertThat(write(second, data(page) + 8, page)).isEqualTo(Exit.SYSCALL);
            }
            for (int page = 0; page < pages; page++) {
                machine.tables.update(data(page), PageTables.WRITABLE, 0);
            }
            machine.memory.zap(backing(0), pages * GuestMemory.PAGE_SIZE);

            for (int page = 0; page < pages; page++) {
                Vcpu vcpu = (page & 1) == 0 ? first : second;
                assertThat(write(vcpu, data(page), -1)).isEqualTo(Exit.EXCEPTION);
                assertThat(vcpu.errorCode()).isEqualTo(WRITE_FAULT);
                assertThat(machine.backingLong(page)).isEqualTo(page);
                assertThat(read(vcpu, data(page))).isEqualTo(page);
            }
            machine.tables.update(DATA, 0, PageTables.WRITABLE);
            assertThat(write(second, DATA, 77)).isEqualTo(Exit.SYSCALL);
            assertThat(machine.backingLong(0)).isEqualTo(77);
        }
    }

    /** What lets the owner skip zaps: a clean entry is held by no processor as writable. */
    @Test
    void aCleanEntryLosesTheRightToBeWrittenWithoutAZap() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            for (int page = 0; page < 32; page++) {
                machine.mapData(page, USER_PAGE);
                read(vcpu, data(page));
                long old = machine.tables.update(data(page), PageTables.WRITABLE, 0);
                assertThat(old & PageTables.DIRTY).isZero();

                assertThat(write(vcpu, data(page), 1)).isEqualTo(Exit.EXCEPTION);
                assertThat(vcpu.errorCode()).isEqualTo(WRITE_FAULT);
                assertThat(machine.backingLong(page)).isZero();
            }
        }
    }

    /** Present pages may be mapped with the bits already set, which makes them cheaper to use. */
    @Test
    void anticipatedUseIsCorrectUse() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            long flags = USER_PAGE | PageTables.ACCESSED | PageTables.DIRTY;
            int pages = 64;
            machine.memory.populate(TestMachine.DATA_RAM, TestMachine.DATA_BYTES);
            machine.tables.map(DATA, backing(0), pages, flags);
            for (int page = 0; page < pages; page++) {
                machine.backingLong(page, page + 1);
                assertThat(read(vcpu, data(page))).isEqualTo(page + 1);
                machine.tables.exchange(data(page), backing(page + pages) | flags);
                machine.memory.zap(backing(page), GuestMemory.PAGE_SIZE);
                assertThat(write(vcpu, data(page), -page)).isEqualTo(Exit.SYSCALL);
                assertThat(machine.backingLong(page)).isEqualTo(page + 1);
                assertThat(machine.backingLong(page + pages)).isEqualTo(-page);
            }
        }
    }

    /** A copy on write under a processor that writes all the time: no write may be lost. */
    @Test
    void aRunningProcessorWritesToTheOldPageOnlyUntilTheZapReturns() throws InterruptedException {
        try (TestMachine machine = machine()) {
            // again: inc %rax; mov %rax,(%rbx); jmp again
            machine.codeAt(0x40, "48ffc0", "488903", "ebf8");
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rip(CODE + 0x40);
            vcpu.registers().rbx(DATA);
            machine.mapData(0, USER_PAGE);
            AtomicReference<Exit> exit = new AtomicReference<>();
            Thread runner = Thread.ofPlatform().start(() -> exit.set(vcpu.run()));
            int pages = 40;
            for (int page = 1; page < pages; page++) {
                awaitWrite(machine, page - 1);
                machine.tables.exchange(DATA, backing(page) | USER_PAGE);
                machine.memory.zap(backing(page - 1), GuestMemory.PAGE_SIZE);
                long last = machine.backingLong(page - 1);
                awaitWrite(machine, page);
                assertThat(machine.backingLong(page - 1)).isEqualTo(last);
            }
            vcpu.kick();
            runner.join();
            assertThat(exit.get()).isEqualTo(Exit.KICKED);
            long counter = vcpu.registers().rax();
            assertThat(machine.backingLong(pages - 1)).isBetween(counter - 1, counter);
        }
    }

    @Test
    void aDiscardedPageIsZeroForARunningProcessor() throws InterruptedException {
        try (TestMachine machine = machine()) {
            // again: mov (%rbx),%rax; test %rax,%rax; jnz again; out
            machine.codeAt(0x40, "488b03", "4885c0", "75f8", "e67e");
            machine.mapData(0, USER_PAGE);
            machine.mapData(1, USER_PAGE);
            machine.backingLong(0, 1);
            Vcpu vcpu = machine.vcpu();
            vcpu.registers().rip(CODE + 0x40);
            vcpu.registers().rbx(DATA);
            AtomicReference<Exit> exit = new AtomicReference<>();
            Thread runner = Thread.ofPlatform().start(() -> exit.set(vcpu.run()));
            while ((machine.tables.entry(DATA) & PageTables.ACCESSED) == 0) {
                Thread.onSpinWait();
            }
            machine.memory.discard(TestMachine.DATA_RAM, GuestMemory.PAGE_SIZE);
            runner.join();
            assertThat(exit.get()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isZero();
        }
    }

    @Test
    void pagesAbsentBeforeAreUsedByTwoProcessorsAtOnce() throws InterruptedException {
        try (TestMachine machine = machine()) {
            // again: lock incq (%rbx); dec %rcx; jnz again; out
            machine.codeAt(0x40, "f048ff03", "48ffc9", "75f7", "e67e");
            Vcpu first = machine.vcpu();
            Vcpu second = machine.vcpu();
            long rounds = 200_000;
            Thread a = count(first, rounds);
            Thread b = count(second, rounds);
            a.join();
            b.join();
            assertThat(first.faultAddress()).isEqualTo(DATA);
            assertThat(second.faultAddress()).isEqualTo(DATA);
            machine.mapData(0, USER_PAGE);
            a = count(first, rounds);
            b = count(second, rounds);
            a.join();
            b.join();
            assertThat(machine.backingLong(0)).isEqualTo(2 * rounds);
        }
    }

    private static Thread count(Vcpu vcpu, long rounds) {
        vcpu.registers().rip(CODE + 0x40);
        vcpu.registers().rbx(DATA);
        vcpu.registers().rcx(rounds);
        return Thread.ofPlatform().start(vcpu::run);
    }

    @Test
    void switchingAddressSpacesSwitchesTheData() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            PageTables other = machine.addressSpace();
            machine.mapData(0, USER_PAGE);
            other.map(DATA, backing(1), USER_PAGE);
            machine.backingLong(0, 10);
            machine.backingLong(1, 11);
            for (int i = 0; i < 10; i++) {
                vcpu.registers().pageTableRoot(machine.tables.root());
                assertThat(read(vcpu, DATA)).isEqualTo(10);
                vcpu.registers().pageTableRoot(other.root());
                assertThat(read(vcpu, DATA)).isEqualTo(11);
            }
        }
    }

    @Test
    void recycledPageTablesShowNothingOfTheirFormerLife() {
        try (TestMachine machine = machine()) {
            Vcpu vcpu = machine.vcpu();
            int recycled = 0;
            long firstRoot = machine.addressSpace().root();
            for (int life = 0; life < 400; life++) {
                try (PageTables space = machine.addressSpace()) {
                    space.map(DATA, backing(life % 16), USER_PAGE);
                    machine.backingLong(life % 16, life);
                    vcpu.registers().pageTableRoot(space.root());
                    assertThat(read(vcpu, DATA)).isEqualTo(life);
                    vcpu.registers().pageTableRoot(machine.tables.root());
                }
                if (machine.memory.wantsPageTableRecycling()) {
                    assertThat(machine.memory.recyclePageTables()).isTrue();
                    recycled++;
                }
            }
            assertThat(recycled).isPositive();
            assertThat(firstRoot).isPositive();
            assertThat(machine.memory.pageTableBytes()).isLessThan(16L << 20);
        }
    }

    private static void awaitWrite(TestMachine machine, int page) {
        long before = machine.backingLong(page);
        while (machine.backingLong(page) == before) {
            Thread.onSpinWait();
        }
    }
}
