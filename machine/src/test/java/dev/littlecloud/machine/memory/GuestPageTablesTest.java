package dev.littlecloud.machine.memory;

import static dev.littlecloud.machine.PageTables.ACCESSED;
import static dev.littlecloud.machine.PageTables.DIRTY;
import static dev.littlecloud.machine.PageTables.NONE;
import static dev.littlecloud.machine.PageTables.PRESENT;
import static dev.littlecloud.machine.PageTables.SOFTWARE_0;
import static dev.littlecloud.machine.PageTables.USER;
import static dev.littlecloud.machine.PageTables.USER_END;
import static dev.littlecloud.machine.PageTables.WRITABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestPageTablesTest {
    private static final long PAGE = GuestMemory.PAGE_SIZE;
    private static final long TABLE_SPAN = 512 * PAGE;
    private static final long FLAGS = PRESENT | WRITABLE | USER;
    private static final long BACKING = GuestMemory.RAM_BASE;

    private final RecordingSlots slots = new RecordingSlots();
    private final SlottedMemory memory = new SlottedMemory(slots, 64L << 20, true);
    private final PageTables tables = memory.newPageTables();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void newTablesAreEmpty() {
        assertThat(tables.entry(0)).isZero();
        assertThat(tables.entry(USER_END - PAGE)).isZero();
        assertThat(tables.next(0, USER_END)).isEqualTo(NONE);
    }

    @Test
    void mapsRangesAcrossTables() {
        long start = TABLE_SPAN - 3 * PAGE;
        tables.map(start, BACKING, 1030, FLAGS);
        for (int i = 0; i < 1030; i++) {
            assertThat(tables.entry(start + i * PAGE)).isEqualTo((BACKING + i * PAGE) | FLAGS);
        }
        assertThat(tables.entry(start - PAGE)).isZero();
        assertThat(tables.entry(start + 1030 * PAGE)).isZero();
    }

    @Test
    void exchangeAndUpdateReturnWhatTheProcessorSet() {
        tables.map(PAGE, BACKING, FLAGS | ACCESSED | DIRTY);
        assertThat(tables.update(PAGE, WRITABLE, SOFTWARE_0))
                .isEqualTo(BACKING | FLAGS | ACCESSED | DIRTY);
        assertThat(tables.entry(PAGE))
                .isEqualTo(BACKING | PRESENT | USER | ACCESSED | DIRTY | SOFTWARE_0);
        assertThat(tables.exchange(PAGE, 0)).isNotZero();
        assertThat(tables.entry(PAGE)).isZero();
        assertThat(tables.update(PAGE, 0, PRESENT)).isZero();
        assertThat(tables.entry(PAGE)).isZero();
        assertThat(tables.exchange(5 * TABLE_SPAN, 0)).isZero();
        assertThat(tables.exchange(5 * TABLE_SPAN, BACKING | FLAGS)).isZero();
        assertThat(tables.entry(5 * TABLE_SPAN)).isEqualTo(BACKING | FLAGS);
    }

    @Test
    void nextFindsEachEntryOnceInOrder() {
        TreeMap<Long, Long> expected = new TreeMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            long spread = 1L << (13 + random.nextInt(34));
            long address = random.nextLong(Math.min(spread, USER_END)) & -PAGE;
            long entry = BACKING + random.nextInt(1000) * PAGE | FLAGS;
            tables.exchange(address, entry);
            expected.put(address, entry);
        }
        tables.exchange(USER_END - PAGE, BACKING | SOFTWARE_0);
        expected.put(USER_END - PAGE, BACKING | SOFTWARE_0);

        List<Long> found = new ArrayList<>();
        for (long a = tables.next(0, USER_END); a != NONE; a = tables.next(a + PAGE, USER_END)) {
            found.add(a);
            assertThat(tables.entry(a)).isEqualTo(expected.get(a));
        }
        assertThat(found).containsExactlyElementsOf(expected.keySet());

        long first = expected.firstKey();
        assertThat(tables.next(first, first)).isEqualTo(NONE);
        assertThat(tables.next(first, first + PAGE)).isEqualTo(first);
        assertThat(tables.next(first + PAGE, expected.higherKey(first))).isEqualTo(NONE);
    }

    @Test
    void addressesOfTheMachineAreOutOfReach() {
        for (long address : new long[] {USER_END, KernelHalf.BASE, -PAGE}) {
            assertThat(tables.entry(address)).isZero();
            assertThat(tables.update(address, WRITABLE, USER)).isZero();
            assertThat(tables.exchange(address, 0)).isZero();
            assertThatThrownBy(() -> tables.map(address, BACKING, FLAGS))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tables.exchange(address, BACKING | FLAGS))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> tables.next(0, USER_END + PAGE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closedTablesAreNotReusedBeforeRecycling() {
        long root = tables.root();
        tables.map(PAGE, BACKING, FLAGS);
        assertThat(tables.tableBytes()).isEqualTo(4 * PAGE);
        tables.close();
        assertThat(tables.tableBytes()).isZero();
        for (int i = 0; i < 100; i++) {
            PageTables other = memory.newPageTables();
            assertThat(other.root()).isNotEqualTo(root);
        }
        assertThat(memory.recyclePageTables()).isTrue();
        assertThat(slots.removed).isEqualTo(1);
        PageTables reborn = memory.newPageTables();
        assertThat(reborn.root()).isEqualTo(root);
        assertThat(reborn.next(0, USER_END)).isEqualTo(NONE);
        assertThat(memory.recyclePageTables()).isFalse();
    }

    @Test
    void manyShortLivesUseLittleMemory() {
        for (int i = 0; i < 5000; i++) {
            try (PageTables space = memory.newPageTables()) {
                space.map(PAGE, BACKING, FLAGS);
                assertThat(space.entry(PAGE)).isEqualTo(BACKING | FLAGS);
            }
            if (memory.wantsPageTableRecycling()) {
                memory.recyclePageTables();
            }
        }
        assertThat(memory.pageTableBytes()).isLessThan(8L << 20);
    }

    @Test
    void slotsNeverOverlapAndStayBelow39Bits() {
        memory.ensureRam(64L << 20);
        for (RecordingSlots.Slot a : slots.added) {
            assertThat(a.guestPhysical() + a.bytes()).isLessThanOrEqualTo(1L << 39);
            for (RecordingSlots.Slot b : slots.added) {
                if (!a.equals(b)) {
                    boolean before = a.guestPhysical() + a.bytes() <= b.guestPhysical();
                    boolean behind = b.guestPhysical() + b.bytes() <= a.guestPhysical();
                    assertThat(before || behind).isTrue();
                }
            }
        }
    }

    @Test
    void ramSlotsAreFew() {
        for (long bytes = PAGE; bytes <= 64L << 20; bytes += 1L << 20) {
            memory.ensureRam(bytes);
            assertThat(memory.usableRam()).isGreaterThanOrEqualTo(bytes);
        }
        assertThat(slots.added).hasSizeLessThan(8);
        assertThatThrownBy(() -> memory.ensureRam((64L << 20) + PAGE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
