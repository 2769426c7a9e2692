package dev.littlecloud.kernel.io;

import java.lang.foreign.MemorySegment;

/** A transfer buffer in the kernel's own memory. */
public final class KernelIo implements IoBuffer {
    private final MemorySegment memory;
    private long position;
    private long limit;

    public KernelIo(MemorySegment memory) {
        this.memory = memory;
        this.limit = memory.byteSize();
    }

    public KernelIo(byte[] bytes) {
        this(MemorySegment.ofArray(bytes));
    }

    /** Restricts the buffer to its first {@code bytes} bytes and rewinds. */
    public void reset(long bytes) {
        position = 0;
        limit = Math.min(bytes, memory.byteSize());
    }

    @Override
    public long remaining() {
        return limit - position;
    }

    @Override
    public void put(MemorySegment source, long offset, long length) {
        MemorySegment.copy(source, offset, memory, position, length);
        position += length;
    }

    @Override
    public void get(MemorySegment target, long offset, long length) {
        MemorySegment.copy(memory, position, target, offset, length);
        position += length;
    }

    @Override
    public void putZeros(long length) {
        memory.asSlice(position, length).fill((byte) 0);
        position += length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void position(long newPosition) {
        position = newPosition;
    }
}
