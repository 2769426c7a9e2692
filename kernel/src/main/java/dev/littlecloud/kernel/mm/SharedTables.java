package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.SharedTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Page tables of program text that all processes of an instance share. Where 2 MiB of an address
 * space hold nothing but pages of image files that are not to be written, their table is the same in
 * each process that has the same files there, at the same distance from the boundary; loaders place
 * programs and large libraries so. It is filled at once, is kept when its last process ends, and who
 * changes anything in those 2 MiB gets a table of its own before. Guarded by the instance lock.
 */
public final class SharedTables {
    static final long SPAN = (long) SharedTable.PAGES << Frames.SHIFT;

    /** Tables kept, each with a page of guest memory and a few hundred bytes of objects (1 GiB of text). */
    private static final int MOST = 512;

    /** More parts than this in 2 MiB are no program's text. */
    private static final int MOST_PARTS = 8;

    /**
     * Pages of a file in a table.
     *
     * @param version of the file: pages may lie elsewhere after a change
     * @param from number of the first page in the table
     */
    private record Part(
            PageCache file, int version, long filePage, int from, int to, int protection) {}

    /** Tells whether a processor is in the guest now. */
    @FunctionalInterface
    public interface GuestUse extends Freezable {
        /** Whether one is there with these page tables; each loads their root before it goes there. */
        boolean isUsed(long pageTableRoot);
    }

    private final GuestMemory memory;
    private final LearnedPages learned = new LearnedPages();
    private final KnownLookups knownLookups;
    private final AnswerCounts answerCounts = new AnswerCounts();
    private GuestUse use = root -> true;

    /** Not part of a frozen instance, whose address spaces have tables of their own. */
    private transient @Nullable Map<List<Part>, SharedTable> tables;

    public SharedTables(GuestMemory memory) {
        this.memory = memory;
        this.knownLookups = new KnownLookups(memory);
    }

    /** What programs asked for that is not there. */
    public KnownLookups knownLookups() {
        return knownLookups;
    }

    /** How often its programs had no need to make a call. */
    public AnswerCounts answerCounts() {
        return answerCounts;
    }

    /** What its processes touch of programs. */
    LearnedPages learned() {
        return learned;
    }

    /** Sets who knows where processors are; until then each address space counts as used. */
    public void guestUse(GuestUse newUse) {
        use = newUse;
    }

    /** Whether no processor is in the guest with these page tables. */
    boolean isUnused(PageTables tables) {
        return !use.isUsed(tables.root());
    }

    /** The address that is nearest above {@code from} of those where others have a program, too. */
    public static long commonPlace(long from, long boundary) {
        return from + (-(from + boundary) & (SPAN - 1));
    }

    /** Has an area use shared tables where it has none yet. */
    void attach(AddressSpace space, Vma area) {
        PageTables own = space.tables();
        for (long region = area.start & -SPAN; region < area.end; region += SPAN) {
            if (!own.hasTable(region)) {
                SharedTable table = tableOf(space, region);
                if (table != null) {
                    own.attach(region, table);
                }
            }
        }
    }

    private @Nullable SharedTable tableOf(AddressSpace space, long region) {
        List<Part> parts = parts(space, region);
        if (parts.isEmpty()) {
            return null;
        }
        Map<List<Part>, SharedTable> known = tables;
        if (known == null) {
            known = new HashMap<>();
            tables = known;
        }
        SharedTable table = known.get(parts);
        if (table != null && table.isShareable()) {
            return table;
        }
        known.remove(parts);
        SharedTable made = known.size() < MOST || trim() ? make(parts) : null;
        if (made != null) {
            known.put(parts, made);
        }
        return made;
    }

    /** What is in 2 MiB of an address space; nothing where that cannot be shared. */
    private static List<Part> parts(AddressSpace space, long region) {
        List<Part> parts = new ArrayList<>();
        for (Vma area : space.areasIn(region, region + SPAN)) {
            PageCache file = area.file;
            if (file == null || !area.isCommon() || parts.size() == MOST_PARTS) {
                return List.of();
            }
            long start = Math.max(area.start, region);
            long end = Math.min(area.end, region + SPAN);
            long filePage = area.filePage + ((start - area.start) >> Frames.SHIFT);
            int from = (int) ((start - region) >> Frames.SHIFT);
            int to = (int) ((end - region) >> Frames.SHIFT);
            parts.add(new Part(file, file.version(), filePage, from, to, area.protection));
        }
        return parts;
    }

    /** A filled table; null where pages of it are not the image's. */
    private @Nullable SharedTable make(List<Part> parts) {
        SharedTable table = memory.newSharedTable();
        for (Part part : parts) {
            if (!fill(table, part)) {
                table.close();
                return null;
            }
        }
        return table;
    }

    private static boolean fill(SharedTable table, Part part) {
        if (part.protection == 0) {
            return true;
        }
        long filePages = (part.file.size() + Frames.SIZE - 1) >> Frames.SHIFT;
        long pages = Math.min(part.to - part.from, filePages - part.filePage);
        for (int i = 0; i < pages; i++) {
            long index = part.filePage + i;
            if (!part.file.isResident(index) || part.file.isPageWritable(index)) {
                return false;
            }
            long source = PageFaults.source(part.file, index, part.protection);
            if (source < 0) {
                return false;
            }
            table.set(part.from + i, source | Pte.flags(part.protection, false));
        }
        return true;
    }

    /** Gives tables back that nobody uses; whether there were any. */
    public boolean trim() {
        Map<List<Part>, SharedTable> known = tables;
        return known != null
                && known.values()
                        .removeIf(
                                table -> {
                                    boolean unused = !table.isUsed();
                                    if (unused) {
                                        table.close();
                                    }
                                    return unused;
                                });
    }
}
