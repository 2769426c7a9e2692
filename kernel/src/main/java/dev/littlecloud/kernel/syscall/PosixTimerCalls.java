package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.time.ClockId;
import dev.littlecloud.kernel.time.PosixTimer;
import dev.littlecloud.kernel.time.PosixTimer.Notification;
import dev.littlecloud.kernel.time.ProcessTimers;

/** POSIX timers. A timer that starts a thread (SIGEV_THREAD) is made of these by the C library. */
final class PosixTimerCalls {
    private static final int TIMER_ABSTIME = 1;

    // struct sigevent: sigval, then signal, kind and thread id.
    private static final int SIGNAL = 8;
    private static final int KIND = 12;
    private static final int THREAD = 16;

    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;
    private static final int SIGEV_THREAD = 2;
    private static final int SIGEV_THREAD_ID = 4;

    private PosixTimerCalls() {}

    static void register(SyscallTable table) {
        table.full(222, "timer_create", "int,ptr,ptr", (Handler.Call3) PosixTimerCalls::create);
        table.full(223, "timer_settime", "int,hex,ptr,ptr", (Handler.Call4) PosixTimerCalls::set);
        table.full(224, "timer_gettime", "int,ptr", (Handler.Call2) PosixTimerCalls::get);
        table.full(225, "timer_getoverrun", "int", (Handler.Call1) PosixTimerCalls::getOverrun);
        table.full(226, "timer_delete", "int", (Handler.Call1) PosixTimerCalls::delete);
    }

    private static long create(Task task, long clock, long event, long idAddress) {
        int id = (int) clock;
        int allowed = ClockId.checkTimers(task, id);
        if (allowed != 0) {
            return allowed;
        }
        ProcessTimers timers = task.group().timers();
        long limit = task.group().limits().soft(ResourceLimits.SIGPENDING);
        if (limit >= 0 && timers.posixCount() >= limit) {
            return -Errno.EAGAIN;
        }
        int signal = Signal.SIGALRM;
        long value = 0;
        Task thread = null;
        if (event != 0) {
            UserMemory memory = task.memory();
            value = memory.readLong(event);
            signal = memory.readInt(event + SIGNAL);
            int kind = memory.readInt(event + KIND);
            switch (kind) {
                case SIGEV_NONE -> signal = 0;
                case SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID -> {
                    if (!Signal.isValid(signal)) {
                        return -Errno.EINVAL;
                    }
                }
                default -> {
                    return -Errno.EINVAL;
                }
            }
            if (kind == SIGEV_THREAD_ID) {
                thread = task.kernel().tasks().task(memory.readInt(event + THREAD));
                if (thread == null || thread.group() != task.group()) {
                    return -Errno.EINVAL;
                }
            }
        }
        int number = timers.nextId();
        task.memory().writeInt(idAddress, number);
        long told = event == 0 ? number : value;
        Notification notification = new Notification(signal, told, thread);
        return timers.add(number, PosixTimer.on(task, id, number, notification))
                ? 0
                : -Errno.EAGAIN;
    }

    private static long set(Task task, long id, long flags, long wanted, long old) {
        if (wanted == 0) {
            return -Errno.EINVAL;
        }
        long interval = TimeValues.readTimespec(task.memory(), wanted);
        long first = TimeValues.readTimespec(task.memory(), wanted + 16);
        PosixTimer timer = task.group().timers().posix((int) id);
        if (timer == null || interval < 0 || first < 0) {
            return -Errno.EINVAL;
        }
        long oldInterval = timer.interval();
        long oldRemaining = timer.remaining();
        timer.set(first, interval, (flags & TIMER_ABSTIME) != 0);
        if (old != 0) {
            TimeValues.writeTimespec(task.memory(), old, oldInterval);
            TimeValues.writeTimespec(task.memory(), old + 16, oldRemaining);
        }
        return 0;
    }

    private static long get(Task task, long id, long current) {
        PosixTimer timer = task.group().timers().posix((int) id);
        if (timer == null) {
            return -Errno.EINVAL;
        }
        TimeValues.writeTimespec(task.memory(), current, timer.interval());
        TimeValues.writeTimespec(task.memory(), current + 16, timer.remaining());
        return 0;
    }

    private static long getOverrun(Task task, long id) {
        PosixTimer timer = task.group().timers().posix((int) id);
        return timer == null ? -Errno.EINVAL : timer.lastOverrun();
    }

    private static long delete(Task task, long id) {
        return task.group().timers().remove((int) id) == null ? -Errno.EINVAL : 0;
    }
}
