package dev.littlecloud.kernel.mm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What processes of an instance touched of the programs and libraries of its image. All processes of a
 * program write to much the same pages of its data and heap, so the next one gets those at once: a
 * first touch costs an exit. Guarded by the instance lock.
 */
final class LearnedPages {
    /** Files remembered, with at most 3 KiB each; the one that was asked for longest ago goes. */
    private static final int MOST_FILES = 128;

    /**
     * What was touched of one file.
     *
     * @param data pages of the file that were written, and so copied
     * @param zeros pages of zeroed data, from its first one on
     * @param heap pages of the heap, where the file is a program
     * @param calls what was called, where the file is a program
     */
    record OfFile(TouchedPages data, TouchedPages zeros, TouchedPages heap, CallHistory calls) {}

    /** Not part of a frozen instance, whose clones learn for themselves. */
    private transient @Nullable Map<PageCache, OfFile> files;

    OfFile of(PageCache file) {
        Map<PageCache, OfFile> known = files;
        if (known == null) {
            known = new LinkedHashMap<>();
            files = known;
        }
        OfFile found = known.remove(file);
        if (found == null) {
            found =
                    new OfFile(
                            new TouchedPages(),
                            new TouchedPages(),
                            new TouchedPages(),
                            new CallHistory());
            if (known.size() == MOST_FILES) {
                known.remove(known.keySet().iterator().next());
            }
        }
        known.put(file, found);
        return found;
    }
}
