package dev.littlecloud.kernel.mm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies between a process's memory and the kernel. Every address is checked against the address
 * space and its protections; pages that are lazily there are brought in. A bad address throws {@link
 * GuestFault}, which the dispatcher turns into EFAULT. Guest memory is shared with running threads:
 * read a field once and use the copy.
 */
public interface UserMemory {
    byte readByte(long address);

    short readShort(long address);

    int readInt(long address);

    long readLong(long address);

    void writeByte(long address, byte value);

    void writeShort(long address, short value);

    void writeInt(long address, int value);

    void writeLong(long address, long value);

    /** Copies {@code length} bytes from the guest. */
    void read(long address, MemorySegment target, long offset, long length);

    /** Copies {@code length} bytes to the guest. */
    void write(long address, MemorySegment source, long offset, long length);

    /** Fills guest memory with zeros. */
    void writeZeros(long address, long length);

    default void read(long address, byte[] target, int offset, int length) {
        read(address, MemorySegment.ofArray(target), offset, length);
    }

    default void write(long address, byte[] source, int offset, int length) {
        write(address, MemorySegment.ofArray(source), offset, length);
    }

    /**
     * Reads a NUL-terminated string, one char per byte (ISO 8859-1).
     *
     * @param limit most bytes to look at, the NUL included
     * @return null where there is no NUL within {@code limit} bytes
     */
    @Nullable String readString(long address, int limit);

    /**
     * Bytes from {@code address} on that can be read (or written), at most {@code length}: what a
     * transfer can move before it meets a bad page. Does not throw.
     */
    long accessible(long address, long length, boolean write);

    /** Atomically replaces an int when it has the expected value; the value that was there. */
    int compareAndExchangeInt(long address, int expected, int value);
}
