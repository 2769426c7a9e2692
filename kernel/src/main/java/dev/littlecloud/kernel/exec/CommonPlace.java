package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.SharedTables;
import dev.littlecloud.machine.GuestMemory;

/**
 * Where a program or a library goes, so that what is read of it and what is written are in different
 * page tables, and the first ones are the same in all processes: see {@link SharedTables}.
 */
public final class CommonPlace {
    /** Smaller libraries are worth no page tables of their own. */
    private static final long LEAST_LIBRARY = 1L << 20;

    /** The free range holds a library wherever its boundary is, and nothing else's 2 MiB. */
    private static final long ROOM = 4L << 20;

    private CommonPlace() {}

    /** A free place for a program, or {@code -errno}. */
    static long forProgram(AddressSpace space, ElfHeader header) {
        return find(space, header.span(), header.readOnlySpan());
    }

    /**
     * A free place for the first mapping of a file, or a negative number where the file is not a
     * large library of the image.
     *
     * @param length of the mapping, in bytes
     */
    public static long forLibrary(
            AddressSpace space, GuestMemory memory, PageCache file, long length) {
        if (length < LEAST_LIBRARY || !file.isLasting()) {
            return -1;
        }
        ElfHeader header = ElfHeader.parse(new FileBytes(file, memory)).header();
        if (header == null || !header.isPositionIndependent() || header.span() > length) {
            return -1;
        }
        return find(space, length, header.readOnlySpan());
    }

    private static long find(AddressSpace space, long length, long boundary) {
        long free = space.findFree(0, length + ROOM, false);
        return free < 0 ? free : SharedTables.commonPlace(free + ROOM / 2, boundary);
    }
}
