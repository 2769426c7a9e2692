package dev.littlecloud.kernel.io;

import java.lang.foreign.MemorySegment;

/**
 * Where the bytes of a transfer come from or go to: the guest's buffers ({@link UserIo}) or the
 * kernel's own ({@link KernelIo}, for sendfile and splice). A cursor moves over it; both directions
 * share the cursor because one transfer has one direction.
 */
public interface IoBuffer {
    /** Bytes between the cursor and the end. */
    long remaining();

    /**
     * Moves bytes from {@code source} into this buffer and the cursor past them (what read(2)
     * does).
     *
     * @param length at most {@link #remaining()}
     */
    void put(MemorySegment source, long offset, long length);

    /**
     * Moves bytes from this buffer into {@code target} and the cursor past them (what write(2)
     * does).
     *
     * @param length at most {@link #remaining()}
     */
    void get(MemorySegment target, long offset, long length);

    /** Puts zeros, as for a hole in a file. */
    void putZeros(long length);

    /** Position from the start, in bytes: what was moved so far. */
    long position();

    /** Moves the cursor back or forth, to undo a transfer that failed half way. */
    void position(long position);

    default void put(byte[] source, int offset, int length) {
        put(MemorySegment.ofArray(source), offset, length);
    }

    default void get(byte[] target, int offset, int length) {
        get(MemorySegment.ofArray(target), offset, length);
    }
}
