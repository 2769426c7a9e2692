package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.io.IoBuffer;

/** Bytes in order, bounded; takes memory as it fills and gives it back when it is empty. */
final class ByteQueue {
    private static final int SMALLEST = 256;

    private final int capacity;
    private byte[] bytes = {};
    private int head;
    private int size;

    ByteQueue(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    int room() {
        return capacity - size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds one byte; the caller knows that there is room. */
    void add(int value) {
        reserve(1);
        bytes[(head + size) % bytes.length] = (byte) value;
        size++;
    }

    /** Adds as many bytes as there is room for; how many. */
    int add(byte[] source, int offset, int length) {
        int count = Math.min(length, room());
        reserve(count);
        for (int i = 0; i < count; ) {
            int at = (head + size) % bytes.length;
            int run = Math.min(count - i, bytes.length - at);
            System.arraycopy(source, offset + i, bytes, at, run);
            size += run;
            i += run;
        }
        return count;
    }

    /** Takes at most {@code length} bytes; how many. */
    int take(byte[] target, int offset, int length) {
        int count = peek(target, offset, length);
        skip(count);
        return count;
    }

    /** Copies at most {@code length} bytes and leaves them; how many. */
    int peek(byte[] target, int offset, int length) {
        int count = Math.min(length, size);
        for (int i = 0; i < count; ) {
            int at = (head + i) % bytes.length;
            int run = Math.min(count - i, bytes.length - at);
            System.arraycopy(bytes, at, target, offset + i, run);
            i += run;
        }
        return count;
    }

    /** Moves at most the buffer's room of bytes into it; how many. */
    int take(IoBuffer buffer) {
        int count = (int) Math.min(buffer.remaining(), size);
        for (int left = count; left > 0; ) {
            int run = Math.min(left, bytes.length - head);
            buffer.put(bytes, head, run);
            skip(run);
            left -= run;
        }
        return count;
    }

    /** Drops the oldest {@code count} bytes. */
    void skip(int count) {
        size -= count;
        if (size == 0) {
            head = 0;
            if (bytes.length > SMALLEST) {
                bytes = new byte[] {};
            }
        } else {
            head = (head + count) % bytes.length;
        }
    }

    /** Drops what is behind the oldest {@code count} bytes. */
    void truncate(int count) {
        size = Math.min(size, count);
    }

    void clear() {
        skip(size);
    }

    private void reserve(int more) {
        if (size + more <= bytes.length) {
            return;
        }
        int length = Math.max(SMALLEST, bytes.length);
        while (length < size + more) {
            length *= 2;
        }
        byte[] larger = new byte[Math.min(length, Math.max(capacity, SMALLEST))];
        int count = peek(larger, 0, size);
        bytes = larger;
        head = 0;
        size = count;
    }
}
