package dev.littlecloud.kernel.mm;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies of a program file's pages with rewritten call sites; see {@link CallSites}. */
final class PatchedPages {
    private @Nullable Map<Long, Integer> frames;
    private @Nullable Frames from;

    /** The frame that stands for a page of the file, or -1. */
    int find(long index) {
        Map<Long, Integer> known = frames;
        Integer frame = known == null ? null : known.get(index);
        return frame == null ? -1 : frame;
    }

    /** Keeps a frame of {@code owner}, to which it is given back. */
    void keep(long index, int frame, Frames owner) {
        from = owner;
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
    void drop(long firstPage, long pageCount) {
        Map<Long, Integer> known = frames;
        Frames owner = from;
        if (known == null || owner == null) {
            return;
        }
        known.entrySet()
                .removeIf(
                        page -> {
                            boolean gone =
                                    page.getKey() >= firstPage
                                            && page.getKey() - firstPage < pageCount;
                            if (gone) {
                                owner.release(page.getValue());
                            }
                            return gone;
                        });
        if (known.isEmpty()) {
            frames = null;
        }
    }
}
