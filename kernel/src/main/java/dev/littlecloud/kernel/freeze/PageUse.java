package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.UsedPages;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/**
 * Which pages the programs of an instance touch when it is asked for something. Address spaces are
 * known by the roots of their page tables, which all clones have in common. Immutable.
 */
public final class PageUse {
    /** No pages. */
    public static final PageUse NONE = new PageUse(Map.of());

    /** Pages of each address space, ascending: see {@link dev.littlecloud.machine.Machine#touch}. */
    private final Map<Long, long[]> pages;

    private PageUse(Map<Long, long[]> pages) {
        this.pages = pages;
    }

    /** What was touched since {@link #forget}. The lock is held. */
    public static PageUse of(Kernel kernel) {
        Map<Long, long[]> pages = new HashMap<>();
        for (AddressSpace space : spaces(kernel)) {
            pages.put(space.pageTableRoot(), new UsedPages(space).collect());
        }
        return new PageUse(pages);
    }

    /** Begins to look at an instance that has not run yet. The lock is held. */
    public static void forget(Kernel kernel) {
        for (AddressSpace space : spaces(kernel)) {
            new UsedPages(space).forget();
        }
    }

    /** This use and another one together. */
    public PageUse with(PageUse other) {
        Map<Long, long[]> both = new HashMap<>(pages);
        other.pages.forEach((root, some) -> both.merge(root, some, PageUse::join));
        return new PageUse(both);
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

    /** All pages together. */
    public int count() {
        return pages.values().stream().mapToInt(some -> some.length).sum();
    }

    /** Brings the pages in where they are not there. In an instance that has not run yet. */
    void bringIn(Kernel kernel) {
        forEach(kernel, (space, some) -> new UsedPages(space).bringIn(some));
    }

    /** Has a processor touch the pages. In an instance that has not run yet. */
    void touch(Kernel kernel) {
        forEach(kernel, (space, some) -> kernel.machine().touch(space.pageTableRoot(), some));
    }

    private void forEach(Kernel kernel, BiConsumer<AddressSpace, long[]> action) {
        for (AddressSpace space : spaces(kernel)) {
            long[] some = pages.get(space.pageTableRoot());
            if (some != null && some.length > 0) {
                action.accept(space, some);
            }
        }
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
