package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import java.util.Arrays;

/**
 * Where the data of a sparse file is; the rest is holes.
 *
 * @param offsets of the extents, in order
 * @param lengths of the extents
 * @param size of the file, holes included
 */
record SparseMap(long[] offsets, long[] lengths, long size) {
    private static final int MOST_EXTENTS = 1_000_000;

    /** Bytes that are in the archive. */
    long dataBytes() {
        return Arrays.stream(lengths).sum();
    }

    static final class Builder {
        private long[] values = new long[16];
        private int count;

        void add(long offset, long length) {
            if (count == 2 * MOST_EXTENTS) {
                throw ImageException.malformed(
                        "a layer has a sparse file of more than " + MOST_EXTENTS + " pieces");
            }
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = offset;
            values[count++] = length;
        }

        int extents() {
            return count / 2;
        }

        SparseMap build(long size, String name) {
            long[] offsets = new long[extents()];
            long[] lengths = new long[extents()];
            long end = 0;
            for (int i = 0; i < extents(); i++) {
                offsets[i] = values[2 * i];
                lengths[i] = values[2 * i + 1];
                if (offsets[i] < end || lengths[i] < 0 || lengths[i] > size - offsets[i]) {
                    throw ImageException.malformed(
                            "the pieces of the sparse file '" + name + "' do not fit");
                }
                end = offsets[i] + lengths[i];
            }
            return new SparseMap(offsets, lengths, size);
        }
    }
}
