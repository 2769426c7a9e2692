package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.SharedTable;

/** A table of the lowest level with shares: one of its maker, one of each page table that has it. */
final class SharedLeaf implements SharedTable {
    private final PageTableArea area;
    private final long offset;
    private int shares = 1;

    SharedLeaf(PageTableArea area, long offset) {
        this.area = area;
        this.offset = offset;
    }

    /** Where it is in its area. */
    long offset() {
        return offset;
    }

    @Override
    public void set(int index, long entry) {
        area.segment().set(JAVA_LONG, offset + Math.multiplyExact(index, 8), entry);
    }

    @Override
    public boolean isUsed() {
        return shares > 1;
    }

    @Override
    public boolean isShareable() {
        return shares > 0;
    }

    /** One more has a share. */
    void share() {
        if (shares == 0) {
            throw new IllegalStateException("it belongs to a page table");
        }
        shares++;
    }

    /** Makes it a page table's own where nobody else has it beside its maker. */
    boolean takeOver() {
        boolean isOnly = shares == 2;
        if (isOnly) {
            shares = 0;
            area.unshare(this);
        }
        return isOnly;
    }

    /** Gives a share back; with the last one the page is free. */
    void release() {
        if (--shares == 0) {
            area.unshare(this);
            area.free(offset);
        }
    }

    /** Gives the maker's share back, which it has no more when a page table has taken it over. */
    @Override
    public void close() {
        if (isShareable()) {
            release();
        }
    }
}
