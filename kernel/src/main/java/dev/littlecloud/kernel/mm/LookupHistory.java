package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.PageTables;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where processes of one program ask for paths. Once one of them has asked often, later ones look
 * into {@link FailedLookups} from their first call on. Guarded by the instance lock.
 */
final class LookupHistory {
    /** Fewer calls are not worth the page tables of a library for each process. */
    private static final int MANY = 128;

    /**
     * A place where a call is made.
     *
     * @param version of the file, which has other contents after a change
     * @param offset of the {@code syscall} instruction in the file
     */
    private record Site(PageCache file, int version, long offset, int number) {}

    private final Set<Site> sites = new LinkedHashSet<>();
    private boolean isWorthwhile;

    /**
     * A process asked for a path, and left the guest for it.
     *
     * @param callsBefore how often it did so before
     */
    void left(AddressSpace space, long address, int number, int callsBefore) {
        isWorthwhile |= callsBefore >= MANY;
        Vma area = space.areaAt(address);
        if (area != null && area.file != null && area.file.isLasting()) {
            long offset = area.fileOffset() + (address - area.start);
            Site site = new Site(area.file, area.file.version(), offset, number);
            if (sites.size() < LookupCode.MAX_SITES) {
                sites.add(site);
            }
        }
    }

    /** Has a process look up at the places that are in an area of text which it has just got. */
    void prepare(AddressSpace space, Vma area) {
        PageCache file = area.file;
        if (!isWorthwhile || file == null) {
            return;
        }
        PageTables tables = space.tables();
        BitSet used = new BitSet();
        for (Site site : sites) {
            long distance = site.offset - area.fileOffset();
            if (site.file == file
                    && site.version == file.version()
                    && distance >= 0
                    && distance < area.end - area.start) {
                if (used.isEmpty()) {
                    addUsed(tables, area, used);
                }
                // One that cannot be had leaves as ever.
                boolean unused = space.posted().add(area.start + distance, site.number);
            }
        }
        // A host that shadows page tables takes several of them at one touch: Pte.anticipated().
        used.stream()
                .mapToLong(page -> area.start + ((long) page << Frames.SHIFT))
                .filter(page -> !tables.isShared(page))
                .forEach(page -> tables.update(page, 0, PageTables.ACCESSED));
    }

    /** Pages that some process has used; what a table that is copied does not say any more. */
    private static void addUsed(PageTables tables, Vma area, BitSet used) {
        for (long page = area.start; page < area.end; page += Frames.SIZE) {
            if (Pte.wasUsed(tables.entry(page))) {
                used.set((int) (page - area.start >> Frames.SHIFT));
            }
        }
    }
}
