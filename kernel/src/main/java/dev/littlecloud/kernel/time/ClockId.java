package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.ProcessTimes;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.time.vdso.VdsoData;
import org.jspecify.annotations.Nullable;

/**
 * The ids that clock_gettime(2) and timer_create(2) take. Negative ones are processor-time clocks:
 * the complement of a process or thread id above three bits that say which time and of what; see
 * clock_getcpuclockid(3).
 */
public final class ClockId {
    public static final int REALTIME = VdsoData.CLOCK_REALTIME;
    public static final int MONOTONIC = VdsoData.CLOCK_MONOTONIC;
    public static final int PROCESS_CPUTIME = 2;
    public static final int THREAD_CPUTIME = 3;
    public static final int BOOTTIME = VdsoData.CLOCK_BOOTTIME;
    public static final int REALTIME_ALARM = 8;
    public static final int BOOTTIME_ALARM = 9;
    public static final int TAI = VdsoData.CLOCK_TAI;

    private static final int PER_THREAD = 4;
    private static final int WHICH = 3;

    /** A tick of 4 ms: resolution of the clocks that count in them. */
    private static final int TICK_NANOS = VdsoData.COARSE_NANOS;

    /** Which processor time is meant. */
    public enum CpuTime {
        /** CPUCLOCK_PROF: user and system time, in ticks on Linux. */
        TICKS,
        /** CPUCLOCK_VIRT: time in user mode. */
        USER,
        /** CPUCLOCK_SCHED: user and system time. */
        ALL
    }

    private ClockId() {}

    public static boolean isCpuClock(int id) {
        return id < 0 || id == PROCESS_CPUTIME || id == THREAD_CPUTIME;
    }

    /** Whether a processor-time clock is that of a thread. */
    public static boolean isPerThread(int id) {
        return id == THREAD_CPUTIME || (id < 0 && (id & PER_THREAD) != 0);
    }

    /** Which time a processor-time clock counts, or null where there is no such. */
    public static @Nullable CpuTime cpuTime(int id) {
        if (id >= 0) {
            return CpuTime.ALL;
        }
        return switch (id & WHICH) {
            case 0 -> CpuTime.TICKS;
            case 1 -> CpuTime.USER;
            case 2 -> CpuTime.ALL;
            default -> null; // CLOCKFD: of a character device
        };
    }

    /** The thread a per-thread clock counts for; null where the caller may not see it. */
    public static @Nullable Task thread(Task caller, int id) {
        int tid = id >= 0 ? 0 : ~(id >> 3);
        if (tid == 0) {
            return caller;
        }
        Task thread = caller.kernel().tasks().task(tid);
        return thread != null && thread.group() == caller.group() ? thread : null;
    }

    /** The process a per-process clock counts for, or null. */
    public static @Nullable ThreadGroup process(Task caller, int id) {
        int pid = id >= 0 ? 0 : ~(id >> 3);
        return pid == 0 ? caller.group() : caller.kernel().tasks().process(pid);
    }

    /** What a clock shows in nanoseconds, or {@code -EINVAL}; times are never negative. */
    public static long nanos(Task caller, int id) {
        Kernel kernel = caller.kernel();
        return switch (id) {
            case VdsoData.CLOCK_MONOTONIC,
                    VdsoData.CLOCK_MONOTONIC_RAW,
                    VdsoData.CLOCK_MONOTONIC_COARSE ->
                    kernel.clock().monotonicNanos();
            // The instance was never suspended, so this only differs in where it starts.
            case VdsoData.CLOCK_BOOTTIME -> kernel.clock().monotonicNanos() - kernel.bootedAt();
            case VdsoData.CLOCK_REALTIME, VdsoData.CLOCK_REALTIME_COARSE, VdsoData.CLOCK_TAI ->
                    kernel.clock().realtimeNanos();
            default -> isCpuClock(id) ? cpuNanos(caller, id) : -Errno.EINVAL;
        };
    }

    private static long cpuNanos(Task caller, int id) {
        CpuTime time = cpuTime(id);
        if (time == null) {
            return -Errno.EINVAL;
        }
        if (isPerThread(id)) {
            Task thread = thread(caller, id);
            return thread == null ? -Errno.EINVAL : of(thread, time);
        }
        ThreadGroup process = process(caller, id);
        return process == null ? -Errno.EINVAL : of(process, time);
    }

    /** Processor time of a thread. */
    public static long of(Task thread, CpuTime time) {
        return time == CpuTime.USER ? thread.run().userNanos() : thread.run().cpuNanos();
    }

    /** Processor time of a process. */
    public static long of(ThreadGroup process, CpuTime time) {
        long user = ProcessTimes.user(process);
        return time == CpuTime.USER ? user : user + ProcessTimes.system(process);
    }

    /** Resolution in nanoseconds, or {@code -EINVAL}; clock_getres(2). */
    public static long resolution(Task caller, int id) {
        if (isCpuClock(id)) {
            if (cpuNanos(caller, id) < 0) {
                return -Errno.EINVAL;
            }
            return cpuTime(id) == CpuTime.ALL ? 1 : TICK_NANOS;
        }
        return switch (id) {
            case VdsoData.CLOCK_REALTIME_COARSE, VdsoData.CLOCK_MONOTONIC_COARSE -> TICK_NANOS;
            case VdsoData.CLOCK_REALTIME,
                    VdsoData.CLOCK_MONOTONIC,
                    VdsoData.CLOCK_MONOTONIC_RAW,
                    VdsoData.CLOCK_BOOTTIME,
                    VdsoData.CLOCK_TAI ->
                    1;
            default -> -Errno.EINVAL;
        };
    }

    /**
     * Whether one can sleep on a clock or have timers on it: 0, {@code -EINVAL} where there is no
     * such clock, {@code -EOPNOTSUPP} where it only tells the time.
     */
    public static int checkTimers(Task caller, int id) {
        return switch (id) {
            case VdsoData.CLOCK_REALTIME,
                    VdsoData.CLOCK_MONOTONIC,
                    VdsoData.CLOCK_BOOTTIME,
                    VdsoData.CLOCK_TAI ->
                    0;
            case VdsoData.CLOCK_MONOTONIC_RAW,
                    VdsoData.CLOCK_REALTIME_COARSE,
                    VdsoData.CLOCK_MONOTONIC_COARSE,
                    REALTIME_ALARM,
                    BOOTTIME_ALARM ->
                    -Errno.EOPNOTSUPP;
            default -> isCpuClock(id) && cpuNanos(caller, id) >= 0 ? 0 : -Errno.EINVAL;
        };
    }

    /** A time on a clock that is not one of processor time, as one on the monotonic clock. */
    public static long monotonic(Kernel kernel, int id, long nanos) {
        if (id == BOOTTIME) {
            return nanos == Task.FOREVER ? nanos : nanos + kernel.bootedAt();
        }
        if (id != REALTIME && id != TAI) {
            return nanos;
        }
        long ahead = kernel.clock().realtimeNanos() - kernel.clock().monotonicNanos();
        return nanos == Task.FOREVER ? nanos : nanos - ahead;
    }
}
