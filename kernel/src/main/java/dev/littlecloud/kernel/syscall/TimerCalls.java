package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.time.IntervalTimer;
import org.jspecify.annotations.Nullable;

/** The three interval timers of a process. */
final class TimerCalls {
    private static final long HALF_SECOND_NANOS = 500_000_000;

    private TimerCalls() {}

    static void register(SyscallTable table) {
        table.full(36, "getitimer", "int,ptr", (Handler.Call2) TimerCalls::getitimer);
        table.full(37, "alarm", "int", (Handler.Call1) TimerCalls::alarm);
        table.full(38, "setitimer", "int,ptr,ptr", (Handler.Call3) TimerCalls::setitimer);
    }

    private static long getitimer(Task task, long which, long current) {
        IntervalTimer timer = timer(task, which);
        if (timer == null) {
            return -Errno.EINVAL;
        }
        write(task.memory(), current, timer.interval(), timer.remaining());
        return 0;
    }

    private static long setitimer(Task task, long which, long wanted, long old) {
        long interval = 0;
        long first = 0;
        if (wanted != 0) {
            interval = TimeValues.readTimeval(task.memory(), wanted);
            first = TimeValues.readTimeval(task.memory(), wanted + 16);
        }
        IntervalTimer timer = timer(task, which);
        if (timer == null || interval < 0 || first < 0) {
            return -Errno.EINVAL;
        }
        long oldInterval = timer.interval();
        long oldRemaining = timer.remaining();
        timer.set(first, interval);
        if (old != 0) {
            write(task.memory(), old, oldInterval, oldRemaining);
        }
        return 0;
    }

    private static @Nullable IntervalTimer timer(Task task, long which) {
        return task.group().timers().interval((int) which);
    }

    private static void write(UserMemory memory, long address, long interval, long remaining) {
        TimeValues.writeTimeval(memory, address, interval);
        // A set timer never shows zero; setitimer(2).
        long shown = remaining > 0 ? Math.max(remaining, TimeValues.NANOS_PER_MICRO) : 0;
        TimeValues.writeTimeval(memory, address + 16, shown);
    }

    private static long alarm(Task task, long seconds) {
        IntervalTimer timer = task.group().timers().interval(IntervalTimer.REAL);
        if (timer == null) {
            return -Errno.EINVAL;
        }
        long remaining = timer.remaining();
        timer.set((seconds & 0xFFFF_FFFFL) * TimeValues.NANOS_PER_SECOND, 0);
        if (remaining == 0) {
            return 0;
        }
        long rounded = (remaining + HALF_SECOND_NANOS) / TimeValues.NANOS_PER_SECOND;
        return Math.max(1, rounded);
    }
}
