package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;

/** Times as programs pass them: {@code struct timespec} and {@code struct timeval}. */
final class TimeValues {
    static final long NANOS_PER_SECOND = 1_000_000_000L;
    static final long NANOS_PER_MICRO = 1_000L;
    private static final long MICROS_PER_SECOND = 1_000_000L;
    private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND - 1;

    private TimeValues() {}

    /** A timespec in nanoseconds, at most Long.MAX_VALUE; {@code -EINVAL} where it is none. */
    static long readTimespec(UserMemory memory, long address) {
        long seconds = memory.readLong(address);
        long nanos = memory.readLong(address + 8);
        if (seconds < 0 || nanos < 0 || nanos >= NANOS_PER_SECOND) {
            return -Errno.EINVAL;
        }
        return seconds > MAX_SECONDS ? Long.MAX_VALUE : seconds * NANOS_PER_SECOND + nanos;
    }

    static void writeTimespec(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, nanos / NANOS_PER_SECOND);
        memory.writeLong(address + 8, nanos % NANOS_PER_SECOND);
    }

    /** A timeval in nanoseconds, at most Long.MAX_VALUE; {@code -EINVAL} where it is none. */
    static long readTimeval(UserMemory memory, long address) {
        long seconds = memory.readLong(address);
        long micros = memory.readLong(address + 8);
        if (seconds < 0 || micros < 0 || micros >= MICROS_PER_SECOND) {
            return -Errno.EINVAL;
        }
        return seconds > MAX_SECONDS
                ? Long.MAX_VALUE
                : seconds * NANOS_PER_SECOND + micros * NANOS_PER_MICRO;
    }

    /** Writes a timeval, rounded down. */
    static void writeTimeval(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, nanos / NANOS_PER_SECOND);
        memory.writeLong(address + 8, nanos % NANOS_PER_SECOND / NANOS_PER_MICRO);
    }
}
