package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.SharedTable;

/**
 * A table of the lowest level with shares in its {@link PageTableArea}.
 *
 * @param offset where it is there
 */
record SharedLeaf(PageTableArea area, long offset) implements SharedTable {
    @Override
    public void set(int index, long entry) {
        area.segment().set(JAVA_LONG, offset + Math.multiplyExact(index, 8), entry);
    }

    @Override
    public boolean isUsed() {
        return area.shares(offset) > 1;
    }

    @Override
    public void close() {
        area.release(offset);
    }
}
