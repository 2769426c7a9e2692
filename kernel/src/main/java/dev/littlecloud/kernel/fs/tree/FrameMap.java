package dev.littlecloud.kernel.fs.tree;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which RAM frame holds which page of a file. Sparse: chunks of 512 pages in a hash table, but the
 * first chunk, which is all that most files have, is an array of its own that grows as needed.
 *
 * <p>Values are {@link #NONE}, {@link #HOLE} or a frame number.
 */
final class FrameMap {
    /** Nothing is known of the page: it is as the layer below has it. */
    static final int NONE = -1;

    /** The page was cut out and reads as zeros. */
    static final int HOLE = -2;

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /** Bytes of a chunk with its place in the table. */
    static final int CHUNK_BYTES = 4 * CHUNK + 64;

    private static final int[] NO_PAGES = {};
    private static final long[] NO_KEYS = {};
    private static final int[] @Nullable [] NO_CHUNKS = {};

    private int[] first = NO_PAGES;
    private long[] keys = NO_KEYS;
    private int[] @Nullable [] chunks = NO_CHUNKS;
    private int chunkCount;
    private int frameCount;

    /** Pages that have a frame. */
    int frameCount() {
        return frameCount;
    }

    /** Chunks besides the first, of {@link #CHUNK_BYTES} each. */
    int chunkCount() {
        return chunkCount;
    }

    /** Whether the page is the first of its chunk to be set. */
    boolean needsChunk(long page) {
        return page >= CHUNK && (chunkCount == 0 || chunks[slot(page >>> CHUNK_SHIFT)] == null);
    }

    int get(long page) {
        if (page < first.length) {
            return first[(int) page];
        }
        if (page < CHUNK || chunkCount == 0) {
            return NONE;
        }
        int[] chunk = chunks[slot(page >>> CHUNK_SHIFT)];
        return chunk == null ? NONE : chunk[(int) page & CHUNK - 1];
    }

    void set(long page, int value) {
        if (page < CHUNK) {
            growFirst((int) page);
            put(first, (int) page, value);
            return;
        }
        long key = page >>> CHUNK_SHIFT;
        if (chunkCount * 2 >= keys.length) {
            rehash();
        }
        int slot = slot(key);
        int[] chunk = chunks[slot];
        if (chunk == null) {
            chunk = new int[CHUNK];
            Arrays.fill(chunk, NONE);
            chunks[slot] = chunk;
            keys[slot] = key;
            chunkCount++;
        }
        put(chunk, (int) page & CHUNK - 1, value);
    }

    private void put(int[] chunk, int page, int value) {
        frameCount += (value >= 0 ? 1 : 0) - (chunk[page] >= 0 ? 1 : 0);
        chunk[page] = value;
    }

    private void growFirst(int page) {
        int old = first.length;
        if (page >= old) {
            first = Arrays.copyOf(first, Math.min(CHUNK, Math.max(page + 1, old * 2)));
            Arrays.fill(first, old, first.length, NONE);
        }
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (chunks[slot] != null && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash() {
        long[] oldKeys = keys;
        int[] @Nullable [] oldChunks = chunks;
        int size = Math.max(8, oldKeys.length * 2);
        keys = new long[size];
        chunks = new int[size] @Nullable [];
        for (int i = 0; i < oldKeys.length; i++) {
            int[] chunk = oldChunks[i];
            if (chunk != null) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                chunks[slot] = chunk;
            }
        }
    }

    /** Sets all pages from {@code from} on to {@link #NONE}; frames among them go to {@code freed}. */
    void clearFrom(long from, IntConsumer freed) {
        for (int page = (int) Math.min(from, first.length); page < first.length; page++) {
            clear(first, page, freed);
        }
        if (from == 0) {
            first = NO_PAGES;
        }
        for (int i = 0; i < keys.length; i++) {
            int[] chunk = chunks[i];
            if (chunk == null) {
                continue;
            }
            long base = keys[i] << CHUNK_SHIFT;
            for (int page = (int) Math.clamp(from - base, 0, CHUNK); page < CHUNK; page++) {
                clear(chunk, page, freed);
            }
        }
        if (from <= CHUNK) {
            keys = NO_KEYS;
            chunks = NO_CHUNKS;
            chunkCount = 0;
        }
    }

    /**
     * Gives up the frames of a range and makes its pages {@link #HOLE} where the layer below has
     * them, {@link #NONE} elsewhere.
     */
    void punch(long from, long to, long lowerPages, IntConsumer freed) {
        for (long page = from; page < Math.min(to, lowerPages); page++) {
            int frame = get(page);
            set(page, HOLE);
            if (frame >= 0) {
                freed.accept(frame);
            }
        }
        long start = Math.max(from, lowerPages);
        for (long page = start; page < Math.min(to, first.length); page++) {
            clear(first, (int) page, freed);
        }
        for (int i = 0; i < keys.length; i++) {
            int[] chunk = chunks[i];
            if (chunk == null) {
                continue;
            }
            long base = keys[i] << CHUNK_SHIFT;
            int last = (int) Math.clamp(to - base, 0, CHUNK);
            for (int page = (int) Math.clamp(start - base, 0, CHUNK); page < last; page++) {
                clear(chunk, page, freed);
            }
        }
    }

    private void clear(int[] chunk, int page, IntConsumer freed) {
        int frame = chunk[page];
        put(chunk, page, NONE);
        if (frame >= 0) {
            freed.accept(frame);
        }
    }

    /** The first page at or behind {@code page} that has a frame, or Long.MAX_VALUE. */
    long nextFrame(long page) {
        for (int i = (int) Math.min(page, first.length); i < first.length; i++) {
            if (first[i] >= 0) {
                return i;
            }
        }
        long best = Long.MAX_VALUE;
        for (int i = 0; i < keys.length; i++) {
            int[] chunk = chunks[i];
            long base = keys[i] << CHUNK_SHIFT;
            if (chunk == null || base + CHUNK <= page || base >= best) {
                continue;
            }
            for (int j = (int) Math.clamp(page - base, 0, CHUNK); j < CHUNK; j++) {
                if (chunk[j] >= 0) {
                    best = base + j;
                    break;
                }
            }
        }
        return best;
    }
}
