package dev.littlecloud.kernel.net;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A piece of data under way in a socket. */
final class Chunk {
    static final int SIZE = 16 << 10;

    final byte[] bytes = new byte[SIZE];
    final MemorySegment segment = MemorySegment.ofArray(bytes);
    int start;
    int end;
    @Nullable Chunk next;
}
