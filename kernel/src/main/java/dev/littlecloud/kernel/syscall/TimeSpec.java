package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.mm.UserMemory;

/** {@code struct timespec} and {@code struct timeval} in the guest's memory. */
final class TimeSpec {
    private static final long NANOS = 1_000_000_000L;

    /** Seconds beyond which a timeout is as good as none. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS / 2;

    private TimeSpec() {}

    /** A timespec in nanoseconds, or -1 where it is not valid; EINVAL. */
    static long readNanos(UserMemory memory, long address) {
        long seconds = memory.readLong(address);
        long nanos = memory.readLong(address + 8);
        return seconds < 0 || nanos < 0 || nanos >= NANOS ? -1 : join(seconds, nanos);
    }

    /** A timeval in nanoseconds, or -1 where it is not valid. */
    static long readMicros(UserMemory memory, long address) {
        long seconds = memory.readLong(address);
        long micros = memory.readLong(address + 8);
        if (seconds < 0 || micros < 0) {
            return -1;
        }
        long more = micros / 1_000_000;
        return join(seconds + more, (micros - more * 1_000_000) * 1000);
    }

    private static long join(long seconds, long nanos) {
        return Math.min(seconds, MAX_SECONDS) * NANOS + nanos;
    }

    static void writeNanos(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, nanos / NANOS);
        memory.writeLong(address + 8, nanos % NANOS);
    }

    static void writeMicros(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, nanos / NANOS);
        memory.writeLong(address + 8, nanos % NANOS / 1000);
    }
}
