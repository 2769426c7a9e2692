package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.UsedPages;
import dev.littlecloud.kernel.task.Task;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Which pages the programs of an instance touch when it is asked for something, and at which sites
 * they make calls. Address spaces are known by the roots of their page tables, which all clones have
 * in common. Immutable.
 */
public final class PageUse {
    /** Address spaces, and pages of one, that can be read. */
    private static final int MOST_SPACES = 1 << 16;

    private static final int MOST_PAGES = 1 << 24;

    /** No pages. */
    public static final PageUse NONE = new PageUse(Map.of(), Map.of());

    /** Pages of each address space, ascending: see {@link dev.littlecloud.machine.Machine#touch}. */
    private final Map<Long, long[]> pages;

    /** Addresses of calls of each address space that need not leave the guest, ascending. */
    private final Map<Long, long[]> sites;

    private PageUse(Map<Long, long[]> pages, Map<Long, long[]> sites) {
        this.pages = pages;
        this.sites = sites;
    }

    /** What was touched since {@link #forget}. The lock is held. */
    public static PageUse of(Kernel kernel) {
        Map<Long, long[]> pages = new HashMap<>();
        Map<Long, long[]> sites = new HashMap<>();
        for (AddressSpace space : spaces(kernel)) {
            pages.put(space.pageTableRoot(), new UsedPages(space).collect());
            sites.put(space.pageTableRoot(), kernel.postedSites().known(space));
        }
        return new PageUse(pages, sites);
    }

    /** Begins to look at an instance that has not run yet. The lock is held. */
    public static void forget(Kernel kernel) {
        kernel.postedSites().note();
        for (AddressSpace space : spaces(kernel)) {
            new UsedPages(space).forget();
        }
    }

    /** This use and another one together. */
    public PageUse with(PageUse other) {
        return new PageUse(join(pages, other.pages), join(sites, other.sites));
    }

    /** Whether all of another use is part of this one. */
    public boolean covers(PageUse other) {
        return isIn(other.pages, pages) && isIn(other.sites, sites);
    }

    private static boolean isIn(Map<Long, long[]> some, Map<Long, long[]> all) {
        for (Map.Entry<Long, long[]> space : some.entrySet()) {
            long[] known = all.getOrDefault(space.getKey(), new long[0]);
            if (!Arrays.equals(join(known, space.getValue()), known)) {
                return false;
            }
        }
        return true;
    }

    private static Map<Long, long[]> join(Map<Long, long[]> some, Map<Long, long[]> others) {
        Map<Long, long[]> both = new HashMap<>(some);
        others.forEach((root, more) -> both.merge(root, more, PageUse::join));
        return both;
    }

    private static long[] join(long[] some, long[] others) {
        long[] all =
                LongStream.concat(Arrays.stream(some), Arrays.stream(others))
                        .sorted()
                        .distinct()
                        .toArray();
        // A page to be written stands behind the same page to be read.
        int count = 0;
        for (long each : all) {
            boolean again = count > 0 && (all[count - 1] | 1) == each;
            all[again ? count - 1 : count++] = each;
        }
        return Arrays.copyOf(all, count);
    }

    /** Writes it down for {@link #read}. */
    public void write(DataOutput out) throws IOException {
        write(pages, out);
        write(sites, out);
    }

    private static void write(Map<Long, long[]> some, DataOutput out) throws IOException {
        out.writeInt(some.size());
        for (Map.Entry<Long, long[]> space : some.entrySet()) {
            out.writeLong(space.getKey());
            out.writeInt(space.getValue().length);
            for (long address : space.getValue()) {
                out.writeLong(address);
            }
        }
    }

    /**
     * Reads what {@link #write} wrote, of a template that is the same.
     *
     * @throws DamagedException when it is not what was written
     */
    public static PageUse read(DataInput in) throws IOException {
        Map<Long, long[]> pages = addresses(in);
        return new PageUse(pages, addresses(in));
    }

    private static Map<Long, long[]> addresses(DataInput in) throws IOException {
        Map<Long, long[]> read = new HashMap<>();
        int spaces = count(in, MOST_SPACES);
        for (int i = 0; i < spaces; i++) {
            long root = in.readLong();
            long[] some = new long[count(in, MOST_PAGES)];
            for (int each = 0; each < some.length; each++) {
                some[each] = in.readLong();
            }
            read.put(root, some);
        }
        return read;
    }

    private static int count(DataInput in, int most) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > most) {
            throw new DamagedException(count + " pages or address spaces");
        }
        return count;
    }

    /** All pages together. */
    public int count() {
        return pages.values().stream().mapToInt(some -> some.length).sum();
    }

    /** Brings the pages in where they are not there. In an instance that has not run yet. */
    void bringIn(Kernel kernel) {
        for (AddressSpace space : spaces(kernel)) {
            new UsedPages(space).bringIn(of(pages, space));
        }
    }

    /** Has calls stay in the guest from the first one on. In an instance that has not run yet. */
    void post(Kernel kernel) {
        for (AddressSpace space : spaces(kernel)) {
            new UsedPages(space).post(of(sites, space));
        }
    }

    /** Has a processor touch the pages. In an instance that has not run yet. */
    void touch(Kernel kernel) {
        for (AddressSpace space : spaces(kernel)) {
            long[] own = of(pages, space);
            if (own.length > 0) {
                long[] posting = new UsedPages(space).forPosting();
                long[] all = Arrays.copyOf(own, own.length + posting.length);
                System.arraycopy(posting, 0, all, own.length, posting.length);
                kernel.machine().touch(space.pageTableRoot(), all);
            }
        }
    }

    private static long[] of(Map<Long, long[]> of, AddressSpace space) {
        return of.getOrDefault(space.pageTableRoot(), new long[0]);
    }

    /** All address spaces, each once. */
    static List<AddressSpace> spaces(Kernel kernel) {
        Set<AddressSpace> spaces = Collections.newSetFromMap(new IdentityHashMap<>());
        List<AddressSpace> all = new ArrayList<>();
        for (Task task : kernel.tasks().tasks()) {
            if (spaces.add(task.space())) {
                all.add(task.space());
            }
        }
        return all;
    }
}
