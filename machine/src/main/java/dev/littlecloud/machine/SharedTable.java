package dev.littlecloud.machine;

/**
 * A page table of 2 MiB that several address spaces have, so that a page that one of them touched is
 * there for all: neither they nor a host that shadows page tables look for it again. Its maker has
 * one share of it, each page table that uses it another.
 */
public interface SharedTable extends AutoCloseable {
    /** Pages that a table maps. */
    int PAGES = 512;

    /** Sets the entry of a page, before the table is used. */
    void set(int index, long entry);

    /** Whether any page table uses it. */
    boolean isUsed();

    /**
     * Whether it can still be attached: the last page table that used it keeps it for its own when it
     * changes it.
     */
    boolean isShareable();

    /** Gives the maker's share back. */
    @Override
    void close();
}
