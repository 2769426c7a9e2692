package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** clock_gettime(2). */
public final class Clocks {
    public static final int REALTIME = 0;
    public static final int MONOTONIC = 1;
    public static final int THREAD_CPU_TIME = 3;
    public static final int MONOTONIC_RAW = 4;
    public static final int BOOTTIME = 7;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final MethodHandle CLOCK_GETTIME =
            NativeCalls.function(
                    "clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private static final ThreadLocal<MemorySegment> TIMESPEC =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

    private Clocks() {}

    /** Nanoseconds of a clock, or -errno. */
    public static long nanos(int clock) {
        MemorySegment state = NativeCalls.callState();
        MemorySegment time = TIMESPEC.get();
        try {
            // SAFETY: the timespec is this thread's own and large enough.
            int value = (int) CLOCK_GETTIME.invokeExact(state, clock, time);
            if (value != 0) {
                return NativeCalls.result(value, state);
            }
            return time.get(JAVA_LONG, 0) * NANOS_PER_SECOND + time.get(JAVA_LONG, 8);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** The clock of the CPU time another thread of this process has used; for {@link #nanos}. */
    public static int cpuClockOf(int threadId) {
        // include/linux/posix-timers_types.h: CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED.
        return (~threadId << 3) | 4 | 2;
    }
}
