package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.kvm.TestMachine.DATA;
import static dev.littlecloud.machine.kvm.TestMachine.DATA_RAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.SharedTable;
import dev.littlecloud.machine.Vcpu;
import org.junit.jupiter.api.Test;

/** Page tables that several address spaces have. */
final class SharedTablesTest {
    private static final long READABLE =
            PageTables.PRESENT | PageTables.USER | PageTables.NO_EXECUTE;
    private static final int PAGES = 16;

    /** {@code mov (%rbx),%rax; syscall}. */
    private static final String READ = "488b03 0f05";

    private static TestMachine machine() {
        TestMachine machine = new TestMachine();
        machine.code(READ);
        for (int page = 0; page < 2 * PAGES; page++) {
            machine.backingLong(page, page);
        }
        return machine;
    }

    private static long backing(int page) {
        return GuestMemory.RAM_BASE + DATA_RAM + page * GuestMemory.PAGE_SIZE;
    }

    private static long data(int page) {
        return DATA + page * GuestMemory.PAGE_SIZE;
    }

    private static SharedTable table(TestMachine machine) {
        SharedTable table = machine.memory.newSharedTable();
        for (int page = 0; page < PAGES; page++) {
            table.set(page, backing(page) | READABLE);
        }
        return table;
    }

    private static PageTables sharing(TestMachine machine, SharedTable table) {
        PageTables space = machine.addressSpace();
        space.attach(DATA, table);
        return space;
    }

    private static Exit run(Vcpu vcpu, PageTables space, int page) {
        vcpu.registers().pageTableRoot(space.root());
        vcpu.registers().rip(TestMachine.CODE);
        vcpu.registers().rbx(data(page));
        return vcpu.run();
    }

    private static long read(Vcpu vcpu, PageTables space, int page) {
        assertThat(run(vcpu, space, page)).isEqualTo(Exit.SYSCALL);
        return vcpu.registers().rax();
    }

    private static void assertFault(Vcpu vcpu, PageTables space, int page) {
        assertThat(run(vcpu, space, page)).isEqualTo(Exit.EXCEPTION);
        assertThat(vcpu.faultAddress()).isEqualTo(data(page));
    }

    @Test
    void allThatHaveATableSeeItsPages() {
        try (TestMachine machine = machine();
                SharedTable table = table(machine);
                PageTables one = sharing(machine, table);
                PageTables other = machine.addressSpace()) {
            other.attachAs(DATA, one);
            Vcpu vcpu = machine.vcpu();
            assertThat(read(vcpu, one, 3)).isEqualTo(3);
            assertThat(read(vcpu, other, 3)).isEqualTo(3);
            assertThat(other.entry(data(3)) & PageTables.ACCESSED).isNotZero();
            assertThat(one.tableBytes()).isEqualTo(other.tableBytes());
        }
    }

    @Test
    void aChangeInOneIsNotSeenInOthers() {
        try (TestMachine machine = machine();
                SharedTable table = table(machine);
                PageTables one = sharing(machine, table);
                PageTables other = sharing(machine, table)) {
            Vcpu first = machine.vcpu();
            Vcpu second = machine.vcpu();
            assertThat(read(first, one, 0)).isZero();
            assertThat(read(second, other, 0)).isZero();

            other.exchange(data(0), backing(PAGES) | READABLE);

            assertThat(read(second, other, 0)).isEqualTo(PAGES);
            assertThat(read(first, one, 0)).isZero();
            assertThat(read(first, other, 0)).isEqualTo(PAGES);
            assertThat(read(second, one, 0)).isZero();
        }
    }

    /** A host that shadows page tables would go on filling the table that was shared. */
    @Test
    void whatOthersTouchAfterAChangeIsNotSeenHere() {
        try (TestMachine machine = machine();
                SharedTable table = table(machine);
                PageTables one = sharing(machine, table);
                PageTables other = sharing(machine, table)) {
            Vcpu first = machine.vcpu();
            Vcpu second = machine.vcpu();
            assertThat(read(second, other, 0)).isZero();
            other.own(DATA, DATA + 1);
            for (int page = 0; page < PAGES; page++) {
                assertThat(other.exchange(data(page), 0) & PageTables.ACCESSED).isZero();
            }
            for (int page = 0; page < PAGES; page++) {
                assertThat(read(first, one, page)).isEqualTo(page);
                assertFault(second, other, page);
            }
            for (int page = 0; page < PAGES; page++) {
                other.map(data(page), backing(PAGES + page), READABLE);
                assertThat(read(second, other, page)).isEqualTo(PAGES + page);
                assertThat(read(first, one, page)).isEqualTo(page);
            }
        }
    }

    @Test
    void newDirectoriesAreAsGoodAsToForgetTheOldOnes() {
        try (TestMachine machine = machine();
                SharedTable table = table(machine);
                PageTables one = sharing(machine, table);
                PageTables other = sharing(machine, table)) {
            long neighbour = DATA + (PageTables.USER_END >> 20);
            other.map(neighbour, backing(2 * PAGES - 1), READABLE);
            Vcpu first = machine.vcpu();
            Vcpu second = machine.vcpu();
            assertThat(read(first, one, 0)).isZero();
            assertThat(read(second, other, 0)).isZero();
            long before = other.root();
            long bytes = other.tableBytes();

            other.own(DATA, DATA + 1, true);

            assertThat(other.root()).isNotEqualTo(before);
            assertThat(other.tableBytes()).isEqualTo(bytes + GuestMemory.PAGE_SIZE);
            assertThat(other.isShared(DATA)).isFalse();
            assertThat(one.isShared(DATA)).isTrue();
            for (int page = 0; page < PAGES; page++) {
                long old = other.exchange(data(page), backing(PAGES + page) | READABLE);
                assertThat(old & PageTables.ACCESSED).isZero();
            }
            for (int page = 0; page < PAGES; page++) {
                assertThat(read(first, one, page)).isEqualTo(page);
                assertThat(read(second, other, page)).isEqualTo(PAGES + page);
                assertThat(read(first, other, page)).isEqualTo(PAGES + page);
            }
            assertThat(other.entry(neighbour) & PageTables.ADDRESS_MASK)
                    .isEqualTo(backing(2 * PAGES - 1));
            machine.memory.recyclePageTables();
            assertThat(read(second, other, 3)).isEqualTo(PAGES + 3);
            assertThat(read(first, one, 3)).isEqualTo(3);
        }
    }

    @Test
    void nothingIsRenewedForATableThatNobodyElseHas() {
        try (TestMachine machine = machine()) {
            SharedTable table = table(machine);
            PageTables only = sharing(machine, table);
            Vcpu vcpu = machine.vcpu();
            assertThat(read(vcpu, only, 1)).isEqualTo(1);
            long root = only.root();
            only.own(DATA, DATA + 1, true);
            assertThat(only.root()).isEqualTo(root);
            only.exchange(data(1), backing(PAGES) | READABLE);
            machine.memory.zap(backing(1), GuestMemory.PAGE_SIZE);
            assertThat(read(vcpu, only, 1)).isEqualTo(PAGES);
            only.close();
            table.close();
        }
    }

    @Test
    void aChangeForAllIsSeenByAll() {
        try (TestMachine machine = machine();
                SharedTable table = table(machine);
                PageTables one = sharing(machine, table);
                PageTables other = sharing(machine, table)) {
            Vcpu vcpu = machine.vcpu();
            read(vcpu, one, 1);
            long old = other.exchangeForAll(data(1), backing(PAGES) | READABLE);
            assertThat(old & PageTables.ADDRESS_MASK).isEqualTo(backing(1));
            machine.memory.zap(backing(1), GuestMemory.PAGE_SIZE);
            assertThat(read(vcpu, one, 1)).isEqualTo(PAGES);
            assertThat(read(vcpu, other, 1)).isEqualTo(PAGES);
            assertThat(one.isShared(DATA) && other.isShared(DATA)).isTrue();
        }
    }

    @Test
    void theOnlyOneKeepsItsTable() {
        try (TestMachine machine = machine();
                PageTables one = machine.addressSpace()) {
            try (SharedTable table = table(machine)) {
                one.attach(DATA, table);
                Vcpu vcpu = machine.vcpu();
                assertThat(read(vcpu, one, 4)).isEqualTo(4);
                long before = machine.memory.pageTableBytes();

                long old = one.exchange(data(4), backing(PAGES) | READABLE);
                assertThat(old & PageTables.ACCESSED).isNotZero();
                machine.memory.zap(backing(4), GuestMemory.PAGE_SIZE);

                assertThat(read(vcpu, one, 4)).isEqualTo(PAGES);
                assertThat(machine.memory.pageTableBytes()).isEqualTo(before);
                assertThat(table.isShareable()).isFalse();
                assertThat(one.isShared(DATA)).isFalse();
            }
            assertThat(one.entry(data(4)) & PageTables.ADDRESS_MASK).isEqualTo(backing(PAGES));
        }
    }

    @Test
    void theLastShareFreesTheTable() {
        try (TestMachine machine = machine()) {
            SharedTable table = table(machine);
            PageTables one = sharing(machine, table);
            PageTables other = sharing(machine, table);
            Vcpu vcpu = machine.vcpu();
            other.own(0, PageTables.USER_END);
            other.close();
            assertThat(table.isUsed()).isTrue();
            assertThat(read(vcpu, one, 2)).isEqualTo(2);
            vcpu.registers().pageTableRoot(machine.tables.root());
            one.close();
            assertThat(table.isUsed()).isFalse();
            table.close();
            assertThat(machine.memory.recyclePageTables()).isTrue();
        }
    }
}
