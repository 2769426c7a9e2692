package dev.littlecloud.machine.kvm;

import static dev.littlecloud.machine.Machine.TOUCH_WRITE;
import static dev.littlecloud.machine.kvm.TestMachine.CODE;
import static dev.littlecloud.machine.kvm.TestMachine.USER_PAGE;
import static dev.littlecloud.machine.kvm.TestMachine.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.TouchPage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages that a processor touches ahead of programs. */
@Timeout(60)
class TouchTest {
    private static final long USED = PageTables.ACCESSED | PageTables.DIRTY;

    @Test
    void touchedPagesAreUsedAndUnchanged() {
        try (TestMachine machine = new TestMachine()) {
            Vcpu vcpu = machine.vcpu();
            long readable = USER_PAGE & ~PageTables.WRITABLE;
            machine.mapData(0, USER_PAGE);
            machine.mapData(1, USER_PAGE);
            machine.mapData(2, readable);
            machine.mapData(4, USER_PAGE);
            machine.backingLong(1, 0x1234_5678_9abc_def0L);

            long absent = data(3);
            machine.machine.touch(
                    machine.tables.root(),
                    new long[] {
                        data(0), data(1) | TOUCH_WRITE, data(2) | TOUCH_WRITE, absent, data(4)
                    });

            assertThat(used(machine, 0)).isEqualTo(PageTables.ACCESSED);
            assertThat(used(machine, 1)).isEqualTo(USED);
            assertThat(machine.tables.entry(data(2)) & PageTables.DIRTY).isZero();
            assertThat(machine.tables.entry(absent)).isZero();
            assertThat(used(machine, 4)).isEqualTo(PageTables.ACCESSED);
            assertThat(machine.backingLong(1)).isEqualTo(0x1234_5678_9abc_def0L);

            machine.code("b801000000 e67e"); // mov $1,%eax; out
            machine.start(vcpu, CODE);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isOne();
        }
    }

    @Test
    void aLongListIsDoneInParts() {
        try (TestMachine machine = new TestMachine()) {
            machine.vcpu();
            machine.mapData(0, USER_PAGE);
            machine.mapData(1, USER_PAGE);
            long[] pages = new long[2000];
            Arrays.fill(pages, data(0));
            pages[1999] = data(1);
            machine.machine.touch(machine.tables.root(), pages);
            assertThat(used(machine, 1)).isEqualTo(PageTables.ACCESSED);
        }
    }

    private static long used(TestMachine machine, long page) {
        return machine.tables.entry(data(page)) & USED;
    }

    /** It finds its list gone, and can read and write nothing that it could not anyway. */
    @Test
    void aProgramThatJumpsThereGetsNowhere() {
        try (TestMachine machine = new TestMachine()) {
            Vcpu vcpu = machine.vcpu();
            machine.mapData(0, USER_PAGE);
            machine.machine.touch(machine.tables.root(), new long[] {data(0)});

            machine.start(vcpu, TouchPage.PROGRAM);
            vcpu.registers().rsi(TouchPage.LIST);
            assertThat(vcpu.run()).isEqualTo(Exit.SYSCALL);
            assertThat(vcpu.registers().rax()).isZero();

            machine.code("48c70600000000 e67e"); // movq $0,(%rsi); out
            machine.start(vcpu, CODE);
            vcpu.registers().rsi(TouchPage.LIST);
            assertThat(vcpu.run()).isEqualTo(Exit.EXCEPTION);
            assertThat(vcpu.faultAddress()).isEqualTo(TouchPage.LIST);
        }
    }
}
