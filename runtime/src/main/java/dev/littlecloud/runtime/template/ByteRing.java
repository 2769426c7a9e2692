package dev.littlecloud.runtime.template;

import java.nio.ByteBuffer;

/** Bytes on their way, at most so many. Grows as needed. Guarded by its owner. */
final class ByteRing {
    private static final int FIRST = 4 << 10;
    private static final int MOST = 256 << 10;

    private byte[] bytes = new byte[0];
    private int start;
    private int count;

    int count() {
        return count;
    }

    boolean isFull() {
        return count == MOST;
    }

    /** Takes what there is room for; answers how much. */
    int put(ByteBuffer source) {
        int length = Math.min(source.remaining(), MOST - count);
        if (count + length > bytes.length) {
            grow(count + length);
        }
        int end = (start + count) % Math.max(1, bytes.length);
        int first = Math.min(length, bytes.length - end);
        source.get(bytes, end, first);
        source.get(bytes, 0, length - first);
        count += length;
        return length;
    }

    /** Gives what {@code target} has room for; answers how much. */
    int take(ByteBuffer target) {
        int length = Math.min(target.remaining(), count);
        int first = Math.min(length, bytes.length - start);
        target.put(bytes, start, first);
        target.put(bytes, 0, length - first);
        count -= length;
        start = count == 0 ? 0 : (start + length) % bytes.length;
        if (count == 0 && bytes.length > FIRST) {
            // An idle connection keeps no more than a small one needs.
            bytes = new byte[0];
        }
        return length;
    }

    private void grow(int needed) {
        int size = Math.max(FIRST, bytes.length);
        while (size < needed) {
            size *= 2;
        }
        byte[] larger = new byte[size];
        int first = Math.min(count, bytes.length - start);
        System.arraycopy(bytes, start, larger, 0, first);
        System.arraycopy(bytes, 0, larger, first, count - first);
        bytes = larger;
        start = 0;
    }
}
