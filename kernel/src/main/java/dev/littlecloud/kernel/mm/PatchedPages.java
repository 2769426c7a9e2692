package dev.littlecloud.kernel.mm;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies of a program file's pages with rewritten call sites; see {@link CallSites}. */
final class PatchedPages {
    private @Nullable Map<Long, Integer> frames;

    /** The frame that stands for a page of the file, or -1. */
    int find(long index) {
        Map<Long, Integer> known = frames;
        Integer frame = known == null ? null : known.get(index);
        return frame == null ? -1 : frame;
    }

    void keep(long index, int frame) {
        Map<Long, Integer> known = frames;
        if (known == null) {
            known = new HashMap<>();
            frames = known;
        }
        known.put(index, frame);
    }

    boolean isEmpty() {
        return frames == null;
    }

    /** Gives the copies of a range of pages back: the file has other contents now. */
    void drop(long firstPage, long pageCount, Frames from) {
        Map<Long, Integer> known = frames;
        if (known == null) {
            return;
        }
        known.entrySet()
                .removeIf(
                        page -> {
                            boolean gone =
                                    page.getKey() >= firstPage
                                            && page.getKey() - firstPage < pageCount;
                            if (gone) {
                                from.release(page.getValue());
                            }
                            return gone;
                        });
        if (known.isEmpty()) {
            frames = null;
        }
    }
}
