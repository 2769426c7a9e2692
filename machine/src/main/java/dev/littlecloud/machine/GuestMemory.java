package dev.littlecloud.machine;

import java.lang.foreign.MemorySegment;

/**
 * The guest-physical memory of a machine: RAM, file windows and page tables.
 *
 * <p>All offsets and lengths are bytes and whole pages unless said otherwise. Host failures are
 * {@link MachineException}s. Not thread-safe: its owner serialises calls, virtual processors run
 * beside.
 */
public interface GuestMemory {

    int PAGE_SHIFT = 12;
    long PAGE_SIZE = 1L << PAGE_SHIFT;

    /** Guest-physical address of RAM offset 0. */
    long RAM_BASE = 0x10_0000_0000L;

    /** All guest-physical addresses stay below 2^39, which every processor in use has. */
    long MAX_RAM_BYTES = 0x30_0000_0000L;

    /** Where file windows may be put at places of the caller's choice. */
    long WINDOWS_BASE = 0x40_0000_0000L;

    long MAX_WINDOWS_BYTES = 0x20_0000_0000L;

    long ramBytes();

    /** Host view of all RAM. Only what the guest was given can be read and written. */
    MemorySegment ram();

    /** Makes the first {@code bytes} of RAM (or somewhat more) usable by the guest. */
    void ensureRam(long bytes);

    /** How much of RAM the guest can use by now. */
    long usableRam();

    /**
     * Gives pages back to the host: the guest's translations are gone, and the pages read as zero,
     * below {@link #imageRam} as the image has them.
     */
    void discard(long ramOffset, long length);

    /** Has the host provide pages at once instead of one by one when touched. */
    void populate(long ramOffset, long length);

    /**
     * Makes all virtual processors forget their translations to these backing pages; content is
     * kept. Needed after a present entry that had its accessed bit set was changed to another page,
     * to absent, or to fewer rights. For one range in RAM or in a file window. When it returns no
     * virtual processor uses an old translation.
     */
    void zap(long guestPhysical, long length);

    /** Gives the guest access to a page-aligned host mapping, as guest-physical memory. */
    FileWindow mapFile(MemorySegment hostMapping, boolean writable);

    /**
     * The same at a place of the caller's choice, from {@link #WINDOWS_BASE} on. It may be part of a
     * window of the same file that is there already: that one must stay as long then, and this one
     * costs nothing.
     */
    FileWindow mapFile(long guestPhysical, MemorySegment hostMapping, boolean writable);

    /** Host view of guest-physical bytes (any alignment) that lie in RAM or in one window. */
    MemorySegment at(long guestPhysical, long length);

    /** Whether the address is in RAM; the offset is then {@code guestPhysical - RAM_BASE}. */
    default boolean isRam(long guestPhysical) {
        return Long.compareUnsigned(guestPhysical - RAM_BASE, ramBytes()) < 0;
    }

    /** An empty address space, but for the machine's own pages in the upper half. */
    PageTables newPageTables();

    /**
     * An address space that came with the memory's image.
     *
     * @param root its {@link PageTables#root}
     * @param tableBytes its {@link PageTables#tableBytes}
     */
    PageTables pageTables(long root, long tableBytes);

    /**
     * How much of RAM, from its start, was in the image: discarded pages there do not read as zero,
     * but as in the image.
     */
    long imageRam();

    /** Page-table pages taken from the host so far, in bytes. */
    long pageTableBytes();

    /** An empty page table that address spaces can share. */
    SharedTable newSharedTable();

    /** Whether so many page-table pages wait for reuse that {@link #recyclePageTables} pays off. */
    boolean wantsPageTableRecycling();

    /**
     * Makes freed page-table pages usable again. Only while no virtual processor is in {@link
     * Vcpu#run()}.
     *
     * @return whether any became usable
     */
    boolean recyclePageTables();
}
