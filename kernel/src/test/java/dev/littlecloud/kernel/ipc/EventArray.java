package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.mm.UserMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A guest's array of {@code struct epoll_event} at address 0. */
final class EventArray implements UserMemory {
    static final int CAPACITY = 16;
    private static final int EVENT_BYTES = 12;

    private final MemorySegment bytes = MemorySegment.ofArray(new byte[CAPACITY * EVENT_BYTES]);

    int events(int index) {
        return readInt((long) index * EVENT_BYTES);
    }

    long data(int index) {
        return readLong((long) index * EVENT_BYTES + 4);
    }

    @Override
    public byte readByte(long address) {
        return bytes.get(ValueLayout.JAVA_BYTE, address);
    }

    @Override
    public short readShort(long address) {
        return bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
    }

    @Override
    public int readInt(long address) {
        return bytes.get(ValueLayout.JAVA_INT_UNALIGNED, address);
    }

    @Override
    public long readLong(long address) {
        return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    @Override
    public void writeByte(long address, byte value) {
        bytes.set(ValueLayout.JAVA_BYTE, address, value);
    }

    @Override
    public void writeShort(long address, short value) {
        bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, value);
    }

    @Override
    public void writeInt(long address, int value) {
        bytes.set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
    }

    @Override
    public void writeLong(long address, long value) {
        bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    @Override
    public void read(long address, MemorySegment target, long offset, long length) {
        MemorySegment.copy(bytes, address, target, offset, length);
    }

    @Override
    public void write(long address, MemorySegment source, long offset, long length) {
        MemorySegment.copy(source, offset, bytes, address, length);
    }

    @Override
    public void writeZeros(long address, long length) {
        bytes.asSlice(address, length).fill((byte) 0);
    }

    @Override
    public @Nullable String readString(long address, int limit) {
        return null;
    }

    @Override
    public long accessible(long address, long length, boolean write) {
        return Math.clamp(bytes.byteSize() - address, 0, length);
    }

    @Override
    public int compareAndExchangeInt(long address, int expected, int value) {
        int found = readInt(address);
        if (found == expected) {
            writeInt(address, value);
        }
        return found;
    }
}
