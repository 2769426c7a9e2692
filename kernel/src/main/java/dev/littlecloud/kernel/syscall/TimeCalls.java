package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.ProcessTimes;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.time.ClockId;

/** Reading the clocks. Nobody in an instance may set them. */
final class TimeCalls {
    /** What times(2) counts in: 100 a second. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int TIMEX_BYTES = 208;

    private TimeCalls() {}

    static void register(SyscallTable table) {
        table.full(96, "gettimeofday", "ptr,ptr", (Handler.Call2) TimeCalls::gettimeofday);
        table.full(100, "times", "ptr", (Handler.Call1) TimeCalls::times);
        table.partial(
                159,
                "adjtimex",
                "ptr",
                (Handler.Call1) TimeCalls::adjtimex,
                "reads only: the host keeps the time");
        table.partial(
                164,
                "settimeofday",
                "ptr,ptr",
                (Handler.Call2) TimeCalls::settimeofday,
                "EPERM: the host keeps the time");
        table.full(201, "time", "ptr", (Handler.Call1) TimeCalls::time);
        table.partial(
                227,
                "clock_settime",
                "int,ptr",
                (Handler.Call2) TimeCalls::clockSettime,
                "EPERM: the host keeps the time");
        table.full(228, "clock_gettime", "int,ptr", (Handler.Call2) TimeCalls::clockGettime);
        table.full(229, "clock_getres", "int,ptr", (Handler.Call2) TimeCalls::clockGetres);
        table.partial(
                305,
                "clock_adjtime",
                "int,ptr",
                (Handler.Call2) TimeCalls::clockAdjtime,
                "reads only: the host keeps the time");
    }

    private static long clockGettime(Task task, long clock, long time) {
        long nanos = ClockId.nanos(task, (int) clock);
        if (nanos < 0) {
            return nanos;
        }
        TimeValues.writeTimespec(task.memory(), time, nanos);
        return 0;
    }

    private static long clockGetres(Task task, long clock, long resolution) {
        long nanos = ClockId.resolution(task, (int) clock);
        if (nanos < 0) {
            return nanos;
        }
        if (resolution != 0) {
            TimeValues.writeTimespec(task.memory(), resolution, nanos);
        }
        return 0;
    }

    private static long clockSettime(Task task, long clock, long time) {
        int id = (int) clock;
        boolean exists = ClockId.nanos(task, id) >= 0;
        if (id != ClockId.REALTIME && !(id < 0 && exists)) {
            return -Errno.EINVAL;
        }
        return TimeValues.readTimespec(task.memory(), time) < 0 ? -Errno.EINVAL : -Errno.EPERM;
    }

    private static long gettimeofday(Task task, long time, long zone) {
        if (time != 0) {
            TimeValues.writeTimeval(task.memory(), time, task.kernel().clock().realtimeNanos());
        }
        if (zone != 0) {
            task.memory().writeLong(zone, 0);
        }
        return 0;
    }

    private static long settimeofday(Task task, long time, long zone) {
        if (time != 0 && TimeValues.readTimeval(task.memory(), time) < 0) {
            return -Errno.EINVAL;
        }
        if (zone != 0) {
            task.memory().readLong(zone);
        }
        return -Errno.EPERM;
    }

    private static long time(Task task, long address) {
        long seconds = task.kernel().clock().realtimeNanos() / TimeValues.NANOS_PER_SECOND;
        if (address != 0) {
            task.memory().writeLong(address, seconds);
        }
        return seconds;
    }

    private static long times(Task task, long address) {
        if (address != 0) {
            ThreadGroup group = task.group();
            UserMemory memory = task.memory();
            memory.writeLong(address, ProcessTimes.user(group) / NANOS_PER_TICK);
            memory.writeLong(address + 8, ProcessTimes.system(group) / NANOS_PER_TICK);
            memory.writeLong(address + 16, group.times().childrenUser() / NANOS_PER_TICK);
            memory.writeLong(address + 24, group.times().childrenSystem() / NANOS_PER_TICK);
        }
        return task.kernel().clock().monotonicNanos() / NANOS_PER_TICK;
    }

    private static long clockAdjtime(Task task, long clock, long address) {
        int id = (int) clock;
        if (id != ClockId.REALTIME) {
            return ClockId.nanos(task, id) >= 0 ? -Errno.EOPNOTSUPP : -Errno.EINVAL;
        }
        return adjtimex(task, address);
    }

    /** {@code struct timex} of a clock that is in order and that nobody disciplines from here. */
    private static long adjtimex(Task task, long address) {
        UserMemory memory = task.memory();
        if (memory.readInt(address) != 0) {
            return -Errno.EPERM;
        }
        memory.writeZeros(address, TIMEX_BYTES);
        memory.writeLong(address + 48, 2); // constant
        memory.writeLong(address + 56, 1); // precision, in microseconds
        memory.writeLong(address + 64, 32_768_000); // tolerance, scaled parts per million
        TimeValues.writeTimeval(memory, address + 72, task.kernel().clock().realtimeNanos());
        memory.writeLong(address + 88, 10_000); // microseconds per tick
        return 0;
    }
}
