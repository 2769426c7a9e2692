package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.SharedTable;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A four-level page table (SDM volume 3, 5.5 "4-level paging") in pages of a {@link PageTableArea}.
 */
final class GuestPageTables implements PageTables {
    private static final VarHandle ENTRY = JAVA_LONG.varHandle().withInvokeExactBehavior();

    private static final long TABLE_FLAGS = PRESENT | WRITABLE | USER | ACCESSED;

    /** In a directory: the table is one of a {@link SharedLeaf}. */
    private static final long SHARED = SOFTWARE_0;

    private static final int ENTRIES = 512;
    private static final int LEAF_SHIFT = 21;
    private static final long LEAF_SPAN = 1L << LEAF_SHIFT;
    private static final int ROOT_SHIFT = 39;
    private static final int LEVEL_BITS = 9;
    private static final long ABSENT = -1;

    private final PageTableArea area;
    private final MemorySegment tables;
    private long root;
    private int tableCount;

    /** The leaf table used last: neighbouring pages come together. */
    private long cachedRegion = ABSENT;

    private long cachedLeaf;
    private boolean isCachedShared;

    GuestPageTables(PageTableArea area, int kernelIndex, long kernelEntry) {
        this.area = area;
        this.tables = area.segment();
        this.root = newTable();
        ENTRY.setVolatile(tables, root + kernelIndex * 8L, kernelEntry);
    }

    /** Tables that came with an image. */
    GuestPageTables(PageTableArea area, long root, int tableCount) {
        this.area = area;
        this.tables = area.segment();
        this.root = root;
        this.tableCount = tableCount;
    }

    @Override
    public long root() {
        return PageTableArea.guestPhysical(root);
    }

    @Override
    public long entry(long address) {
        long leaf = findLeaf(address);
        return leaf == ABSENT ? 0 : (long) ENTRY.getOpaque(tables, slot(leaf, address));
    }

    @Override
    public void map(long address, long guestPhysical, long flags) {
        ENTRY.setRelease(tables, slot(makeLeaf(address), address), guestPhysical | flags);
    }

    @Override
    public void map(long address, long guestPhysical, long pageCount, long flags) {
        long page = address;
        long entry = guestPhysical | flags;
        long end = address + pageCount * GuestMemory.PAGE_SIZE;
        while (page < end) {
            long leaf = makeLeaf(page);
            long leafEnd = Math.min(end, (page | (LEAF_SPAN - 1)) + 1);
            for (; page < leafEnd; page += GuestMemory.PAGE_SIZE) {
                ENTRY.setRelease(tables, slot(leaf, page), entry);
                entry += GuestMemory.PAGE_SIZE;
            }
        }
    }

    @Override
    public long exchange(long address, long newEntry) {
        long leaf = ownLeaf(address);
        if (leaf == ABSENT) {
            if (newEntry == 0) {
                return 0;
            }
            leaf = makeLeaf(address);
        }
        return (long) ENTRY.getAndSet(tables, slot(leaf, address), newEntry);
    }

    @Override
    public long update(long address, long clearBits, long setBits) {
        long leaf = ownLeaf(address);
        if (leaf == ABSENT) {
            return 0;
        }
        long slot = slot(leaf, address);
        while (true) {
            long old = (long) ENTRY.getVolatile(tables, slot);
            if (old == 0
                    || (boolean)
                            ENTRY.compareAndSet(tables, slot, old, (old & ~clearBits) | setBits)) {
                return old;
            }
        }
    }

    @Override
    public long next(long from, long end) {
        long page = from;
        if (Long.compareUnsigned(end, USER_END) > 0) {
            throw new IllegalArgumentException("not a user address: " + Long.toHexString(end));
        }
        while (page < end) {
            long leaf = findLeaf(page);
            if (leaf == ABSENT) {
                page = skipAbsent(page);
                continue;
            }
            long leafEnd = Math.min(end, (page | (LEAF_SPAN - 1)) + 1);
            for (; page < leafEnd; page += GuestMemory.PAGE_SIZE) {
                if ((long) ENTRY.getOpaque(tables, slot(leaf, page)) != 0) {
                    return page;
                }
            }
        }
        return NONE;
    }

    // ---- Shared tables

    @Override
    public boolean hasTable(long address) {
        return findLeaf(address) != ABSENT;
    }

    @Override
    public boolean isShared(long address) {
        return findLeaf(address) != ABSENT && isCachedShared;
    }

    @Override
    public void attach(long address, SharedTable table) {
        attachLeaf(address, (SharedLeaf) table);
    }

    @Override
    public void attachAs(long address, PageTables other) {
        GuestPageTables from = (GuestPageTables) other;
        if (!from.isShared(address)) {
            throw new IllegalArgumentException("not shared: " + Long.toHexString(address));
        }
        attachLeaf(address, area.shared(from.cachedLeaf));
    }

    private void attachLeaf(long address, SharedLeaf leaf) {
        if (findLeaf(address) != ABSENT) {
            throw new IllegalStateException("has a table: " + Long.toHexString(address));
        }
        leaf.share();
        // Without the bit that says that a processor has used it: see own().
        long entry =
                PageTableArea.guestPhysical(leaf.offset()) | (TABLE_FLAGS & ~ACCESSED) | SHARED;
        ENTRY.setRelease(tables, directorySlot(address), entry);
    }

    @Override
    public long exchangeForAll(long address, long newEntry) {
        long leaf = findLeaf(address);
        return leaf == ABSENT ? 0 : (long) ENTRY.getAndSet(tables, slot(leaf, address), newEntry);
    }

    @Override
    public void own(long start, long end) {
        own(start, end, false);
    }

    @Override
    public void own(long start, long end, boolean isUnused) {
        boolean isStale = false;
        for (long region = start & -LEAF_SPAN; region < end; ) {
            if (findLeaf(region) == ABSENT) {
                region = skipAbsent(region);
                continue;
            }
            if (isCachedShared && ownRegion(region)) {
                if (isUnused) {
                    renewDirectories(region);
                } else {
                    isStale = true;
                }
            }
            region += LEAF_SPAN;
        }
        if (isStale) {
            area.forgetDirectories();
        }
    }

    /** Puts copies in the place of all directories above an address, which no processor knows yet. */
    private void renewDirectories(long address) {
        root = renewed(root);
        long directory = root;
        for (int shift = ROOT_SHIFT; shift > LEAF_SHIFT; shift -= LEVEL_BITS) {
            long slot = directory + index(address, shift) * 8L;
            long below = (long) ENTRY.getOpaque(tables, slot);
            directory = renewed(tableOf(below));
            long flags = below & ~ADDRESS_MASK;
            ENTRY.setRelease(tables, slot, PageTableArea.guestPhysical(directory) | flags);
        }
    }

    /** A copy of a directory, which is free then. */
    private long renewed(long directory) {
        long copy = area.allocate();
        for (int i = 0; i < ENTRIES; i++) {
            long entry = entryAt(directory, i);
            // Shared tables below are marked once a processor has used them from here.
            ENTRY.setOpaque(
                    tables, copy + i * 8L, (entry & SHARED) == 0 ? entry : entry & ~ACCESSED);
        }
        area.free(directory);
        return copy;
    }

    /** Takes or copies a shared table; whether a processor may know of the one before. */
    private boolean ownRegion(long region) {
        long shared = cachedLeaf;
        long slot = directorySlot(region);
        if (area.shared(shared).takeOver()) {
            long unused = (long) ENTRY.getAndBitwiseAnd(tables, slot, ~SHARED);
            isCachedShared = false;
            tableCount++;
            return false;
        }
        long own = newTable();
        for (int i = 0; i < ENTRIES; i++) {
            ENTRY.setOpaque(tables, own + i * 8L, entryAt(shared, i) & ~(ACCESSED | DIRTY));
        }
        cachedRegion = ABSENT;
        long entry = PageTableArea.guestPhysical(own) | TABLE_FLAGS;
        long old = (long) ENTRY.getAndSet(tables, slot, entry);
        area.shared(shared).release();
        return (old & ACCESSED) != 0;
    }

    private long ownLeaf(long address) {
        if (isShared(address)) {
            own(address, address + 1);
        }
        return findLeaf(address);
    }

    @Override
    public long tableBytes() {
        return tableCount * GuestMemory.PAGE_SIZE;
    }

    @Override
    public void close() {
        cachedRegion = ABSENT;
        int userEntries = ENTRIES / 2;
        for (int i = 0; i < userEntries; i++) {
            free(entryAt(root, i), ROOT_SHIFT - LEVEL_BITS);
        }
        area.free(root);
        tableCount = 0;
    }

    private void free(long tableEntry, int shift) {
        if (tableEntry == 0) {
            return;
        }
        long table = tableOf(tableEntry);
        if ((tableEntry & SHARED) != 0) {
            area.shared(table).release();
            return;
        }
        if (shift > GuestMemory.PAGE_SHIFT) {
            for (int i = 0; i < ENTRIES; i++) {
                free(entryAt(table, i), shift - LEVEL_BITS);
            }
        }
        area.free(table);
    }

    /** Where to look on when there is no leaf table for an address. */
    private long skipAbsent(long address) {
        long table = root;
        for (int shift = ROOT_SHIFT; shift >= LEAF_SHIFT; shift -= LEVEL_BITS) {
            long entry = entryAt(table, index(address, shift));
            if (entry == 0) {
                return (address | ((1L << shift) - 1)) + 1;
            }
            table = tableOf(entry);
        }
        throw new AssertionError("a leaf table appeared");
    }

    private long findLeaf(long address) {
        long region = address >>> LEAF_SHIFT;
        if (region == cachedRegion) {
            return cachedLeaf;
        }
        if (Long.compareUnsigned(address, USER_END) >= 0) {
            return ABSENT;
        }
        long table = root;
        long entry = 0;
        for (int shift = ROOT_SHIFT; shift >= LEAF_SHIFT; shift -= LEVEL_BITS) {
            entry = entryAt(table, index(address, shift));
            if (entry == 0) {
                return ABSENT;
            }
            table = tableOf(entry);
        }
        cachedRegion = region;
        cachedLeaf = table;
        isCachedShared = (entry & SHARED) != 0;
        return table;
    }

    private long makeLeaf(long address) {
        if (Long.compareUnsigned(address, USER_END) >= 0) {
            throw new IllegalArgumentException("not a user address: " + Long.toHexString(address));
        }
        long known = ownLeaf(address);
        if (known != ABSENT) {
            return known;
        }
        long slot = directorySlot(address);
        long leaf = newTable();
        ENTRY.setRelease(tables, slot, PageTableArea.guestPhysical(leaf) | TABLE_FLAGS);
        return findLeaf(address);
    }

    /** Where the directory has the entry of an address; makes the directory. */
    private long directorySlot(long address) {
        long table = root;
        for (int shift = ROOT_SHIFT; shift > LEAF_SHIFT; shift -= LEVEL_BITS) {
            int index = index(address, shift);
            long entry = entryAt(table, index);
            if (entry == 0) {
                entry = PageTableArea.guestPhysical(newTable()) | TABLE_FLAGS;
                ENTRY.setRelease(tables, table + index * 8L, entry);
            }
            table = tableOf(entry);
        }
        return table + index(address, LEAF_SHIFT) * 8L;
    }

    private long newTable() {
        long table = area.allocate();
        tableCount++;
        return table;
    }

    private long entryAt(long table, int index) {
        return (long) ENTRY.getOpaque(tables, table + index * 8L);
    }

    private static long tableOf(long entry) {
        return PageTableArea.offsetOf(entry & ADDRESS_MASK);
    }

    private static int index(long address, int shift) {
        return (int) (address >>> shift) & (ENTRIES - 1);
    }

    private static long slot(long leaf, long address) {
        return leaf + index(address, GuestMemory.PAGE_SHIFT) * 8L;
    }
}
