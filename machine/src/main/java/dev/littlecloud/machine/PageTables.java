package dev.littlecloud.machine;

/**
 * One address space: a four-level page table with 4 KiB pages.
 *
 * <p>Addresses are those of the lower half (below 2^47) and page-aligned. Changes from absent to
 * present and from read-only to writable need nothing more; see {@link GuestMemory#zap} for all
 * others. Virtual processors set {@link #ACCESSED} and {@link #DIRTY} at any time, so entries are
 * changed by {@link #exchange} and {@link #update} only, which lose neither. They set {@code ACCESSED}
 * before they hold a translation, and {@code DIRTY} before they hold one for writing. Entries of
 * pages that the host has already may be mapped with both bits set: a host that shadows page tables
 * then takes eight neighbours at one fault, which is 3 to 7 times cheaper than one by one. Tables once used by an
 * address space stay with it until it is closed: a host that shadows page tables does not notice
 * when one is taken away.
 */
public interface PageTables extends AutoCloseable {

    long PRESENT = 1;
    long WRITABLE = 1L << 1;
    long USER = 1L << 2;
    long ACCESSED = 1L << 5;
    long DIRTY = 1L << 6;

    /** Bits the processor ignores, for the owner. In absent entries all bits but 0 are. */
    long SOFTWARE_0 = 1L << 9;

    long SOFTWARE_1 = 1L << 10;
    long SOFTWARE_2 = 1L << 11;
    long SOFTWARE_3 = 1L << 52;
    long SOFTWARE_4 = 1L << 53;
    long SOFTWARE_5 = 1L << 54;
    long SOFTWARE_6 = 1L << 55;
    long SOFTWARE_7 = 1L << 56;
    long SOFTWARE_8 = 1L << 57;
    long SOFTWARE_9 = 1L << 58;
    long NO_EXECUTE = 1L << 63;

    /** The guest-physical page in an entry. */
    long ADDRESS_MASK = 0x000f_ffff_ffff_f000L;

    /** End of the lower half. */
    long USER_END = 1L << 47;

    /** No address: the answer of {@link #next} when there are no more entries. */
    long NONE = -1;

    /** For {@link Registers#pageTableRoot(long)}; another one after {@link #own(long, long, boolean)}. */
    long root();

    /** The entry of a page, 0 if there is none. */
    long entry(long address);

    /** Sets the entry of a page that had none: {@code guestPhysical | flags}. */
    void map(long address, long guestPhysical, long flags);

    /** Maps consecutive pages, that had no entries, to consecutive backing pages. */
    void map(long address, long guestPhysical, long pageCount, long flags);

    /** Atomically sets an entry, which may be 0, and returns the old one. */
    long exchange(long address, long newEntry);

    /** Atomically clears and then sets bits of an entry if it is not 0, and returns the old one. */
    long update(long address, long clearBits, long setBits);

    /**
     * The lowest page address in {@code [from, end)} whose entry is not 0, or {@link #NONE}. Skips
     * empty regions fast. {@code for (a = next(s, e); a != NONE; a = next(a + PAGE_SIZE, e))}.
     */
    long next(long from, long end);

    /** Whether the 2 MiB around an address have a table, and other address spaces may have it, too. */
    boolean isShared(long address);

    /** Whether the 2 MiB around an address have a table. */
    boolean hasTable(long address);

    /** Has 2 MiB that have no table yet use a shared one. */
    void attach(long address, SharedTable table);

    /** Has 2 MiB that have no table yet use the shared one that another address space has there. */
    void attachAs(long address, PageTables other);

    /** As {@link #exchange} in a table that is there, for all address spaces that share it. */
    long exchangeForAll(long address, long newEntry);

    /**
     * Makes shared tables of a range its own: one that nobody else has beside its maker, and others
     * as copies, in which no entry is marked as used. Each change of one entry does that by itself;
     * whoever changes what a range may hold does it before.
     */
    void own(long start, long end);

    /**
     * The same.
     *
     * @param isUnused whether no virtual processor is in the guest with this root, and each loads
     *     {@link #root} before it goes there. Then the directories above the new tables are new ones,
     *     too, and nothing else is forgotten.
     */
    void own(long start, long end, boolean isUnused);

    /** Bytes of page tables this address space holds. */
    long tableBytes();

    /** Frees all tables. No virtual processor may run with this root any more. */
    @Override
    void close();
}
