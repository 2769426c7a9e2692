package dev.littlecloud.kernel.io;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import java.lang.foreign.MemorySegment;

/**
 * A transfer buffer made of the guest's ranges, as readv(2) and writev(2) give them. One belongs to
 * each task and is reused by its calls, so that a transfer allocates nothing.
 */
public final class UserIo implements IoBuffer {
    /** IOV_MAX of Linux. */
    public static final int MAX_RANGES = 1024;

    /** Most bytes one call moves, MAX_RW_COUNT of Linux. */
    public static final long MAX_BYTES = 0x7ffff000L;

    private UserMemory memory;
    private long[] addresses = new long[8];
    private long[] lengths = new long[8];
    private int count;
    private int current;
    private long offsetInCurrent;
    private long position;
    private long total;

    public UserIo(UserMemory memory) {
        this.memory = memory;
    }

    /** Points at another address space, after execve(2). */
    public void memory(UserMemory newMemory) {
        memory = newMemory;
    }

    /** Describes a single range. */
    public UserIo single(long address, long length) {
        count = 1;
        addresses[0] = address;
        lengths[0] = Math.min(length, MAX_BYTES);
        total = lengths[0];
        return rewind();
    }

    /**
     * Reads an array of {@code struct iovec}.
     *
     * @return 0, or {@code -EINVAL} where counts or lengths are out of bounds
     */
    public long vector(long iovec, long rangeCount) {
        if (rangeCount < 0 || rangeCount > MAX_RANGES) {
            return -Errno.EINVAL;
        }
        count = (int) rangeCount;
        if (count > addresses.length) {
            addresses = new long[count];
            lengths = new long[count];
        }
        total = 0;
        for (int i = 0; i < count; i++) {
            addresses[i] = memory.readLong(iovec + 16L * i);
            long length = memory.readLong(iovec + 16L * i + 8);
            if (length < 0) {
                return -Errno.EINVAL;
            }
            lengths[i] = Math.min(length, MAX_BYTES - total);
            total += lengths[i];
        }
        rewind();
        return 0;
    }

    private UserIo rewind() {
        current = 0;
        offsetInCurrent = 0;
        position = 0;
        return this;
    }

    @Override
    public long remaining() {
        return total - position;
    }

    @Override
    public void put(MemorySegment source, long offset, long length) {
        long done = 0;
        while (done < length) {
            long part = part(length - done);
            memory.write(address(), source, offset + done, part);
            done += part;
            advance(part);
        }
    }

    @Override
    public void get(MemorySegment target, long offset, long length) {
        long done = 0;
        while (done < length) {
            long part = part(length - done);
            memory.read(address(), target, offset + done, part);
            done += part;
            advance(part);
        }
    }

    @Override
    public void putZeros(long length) {
        long done = 0;
        while (done < length) {
            long part = part(length - done);
            memory.writeZeros(address(), part);
            done += part;
            advance(part);
        }
    }

    private long address() {
        return addresses[current] + offsetInCurrent;
    }

    /** Bytes of the current range, at most {@code wanted}; steps over empty ranges. */
    private long part(long wanted) {
        while (offsetInCurrent == lengths[current]) {
            current++;
            offsetInCurrent = 0;
        }
        return Math.min(wanted, lengths[current] - offsetInCurrent);
    }

    private void advance(long bytes) {
        offsetInCurrent += bytes;
        position += bytes;
    }

    @Override
    public long position() {
        return position;
    }

    /** Leaves out all but so many bytes behind the cursor: one part of a long transfer. */
    public void limit(long bytes) {
        total = Math.min(total, position + bytes);
    }

    /** The end is as far as it goes: ranges may have become shorter since a call's last run. */
    @Override
    public void position(long newPosition) {
        rewind();
        long left = Math.min(newPosition, total);
        while (left > 0) {
            long part = part(left);
            left -= part;
            advance(part);
        }
    }
}
