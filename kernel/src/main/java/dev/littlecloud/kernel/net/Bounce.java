package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.KernelIo;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where bytes between a guest's memory and a host channel pass through. One per thread, not per
 * connection or instance: a transfer never keeps anything in it.
 */
final class Bounce {
    static final int SIZE = 64 << 10;

    private static final ThreadLocal<Bounce> PER_THREAD = ThreadLocal.withInitial(Bounce::new);

    final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    final MemorySegment segment = MemorySegment.ofBuffer(buffer);
    final KernelIo io = new KernelIo(segment);

    private Bounce() {}

    static Bounce get() {
        return PER_THREAD.get();
    }

    /** Makes the buffer ready for {@code length} bytes from its start. */
    ByteBuffer limited(int length) {
        return buffer.clear().limit(length);
    }
}
