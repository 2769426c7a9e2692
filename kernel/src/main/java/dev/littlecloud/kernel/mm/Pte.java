package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;

/** What this kernel keeps in page-table entries. */
final class Pte {
    /** The page is a frame of which this entry holds a reference: anonymous memory. */
    static final long ANONYMOUS = PageTables.SOFTWARE_0;

    /** An absent entry that keeps its page, in an area without access rights. */
    static final long HELD = PageTables.SOFTWARE_1;

    private Pte() {}

    static boolean isPresent(long entry) {
        return (entry & PageTables.PRESENT) != 0;
    }

    static boolean isWritable(long entry) {
        return (entry & PageTables.WRITABLE) != 0;
    }

    static boolean isAnonymous(long entry) {
        return (entry & ANONYMOUS) != 0;
    }

    /** Whether a processor may hold a translation of this entry; it sets the bit first. */
    static boolean wasUsed(long entry) {
        return (entry & PageTables.ACCESSED) != 0;
    }

    static long address(long entry) {
        return entry & PageTables.ADDRESS_MASK;
    }

    static int frame(long entry) {
        return Frames.frameAt(address(entry));
    }

    /** Entry bits for an area's protection, with or without the right to write. */
    static long flags(int protection, boolean writable) {
        long flags = PageTables.PRESENT | PageTables.USER;
        if (writable) {
            flags |= PageTables.WRITABLE;
        }
        if ((protection & Vma.EXEC) == 0) {
            flags |= PageTables.NO_EXECUTE;
        }
        return flags;
    }

    /**
     * Flags of a page that is there already and will soon be used: with the bits that the processor
     * would set. A host that shadows page tables then takes several such pages at one fault.
     */
    static long anticipated(long flags) {
        long dirty = (flags & PageTables.WRITABLE) != 0 ? PageTables.DIRTY : 0;
        return flags | PageTables.ACCESSED | dirty;
    }
}
