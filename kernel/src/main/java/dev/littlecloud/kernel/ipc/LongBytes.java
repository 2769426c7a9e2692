package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.io.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves one 64-bit number through a transfer buffer without allocating. */
final class LongBytes {
    private static final ValueLayout.OfLong LAYOUT = ValueLayout.JAVA_LONG_UNALIGNED;

    private final MemorySegment memory = MemorySegment.ofArray(new byte[Long.BYTES]);

    void put(IoBuffer target, long value) {
        memory.set(LAYOUT, 0, value);
        target.put(memory, 0, Long.BYTES);
    }

    long get(IoBuffer source) {
        source.get(memory, 0, Long.BYTES);
        return memory.get(LAYOUT, 0);
    }
}
