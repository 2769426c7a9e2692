package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.ipc.EventFd;
import dev.littlecloud.kernel.ipc.SignalFd;
import dev.littlecloud.kernel.ipc.TimerFd;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** Descriptors to wait on: eventfd(2), timerfd_create(2), signalfd(2). */
final class EventCalls {
    private static final int EFD_SEMAPHORE = 1;
    private static final int NONBLOCK_CLOEXEC = OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC;
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int CLOCK_REALTIME_ALARM = 8;
    private static final int CLOCK_BOOTTIME_ALARM = 9;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;

    private EventCalls() {}

    static void register(SyscallTable table) {
        table.full(284, "eventfd", "int", (Handler.Call1) EventCalls::eventfd);
        table.full(290, "eventfd2", "int,hex", (Handler.Call2) EventCalls::eventfd2);
        table.full(283, "timerfd_create", "int,hex", (Handler.Call2) EventCalls::timerCreate);
        table.partial(
                286,
                "timerfd_settime",
                "fd,hex,ptr,ptr",
                (Handler.Call4) EventCalls::timerSet,
                "the wall clock never jumps, so TFD_TIMER_CANCEL_ON_SET never cancels");
        table.full(287, "timerfd_gettime", "fd,ptr", (Handler.Call2) EventCalls::timerGet);
        table.full(282, "signalfd", "fd,ptr,int", (Handler.Call3) EventCalls::signalfd);
        table.full(289, "signalfd4", "fd,ptr,int,hex", (Handler.Call4) EventCalls::signalfd4);
    }

    private static long eventfd(Task task, long initial) {
        return eventfd2(task, initial, 0);
    }

    private static long eventfd2(Task task, long initial, long flags) {
        if ((flags & ~(EFD_SEMAPHORE | NONBLOCK_CLOEXEC)) != 0) {
            return -Errno.EINVAL;
        }
        boolean semaphore = (flags & EFD_SEMAPHORE) != 0;
        int status = (int) flags & OpenFlags.O_NONBLOCK;
        EventFd file = new EventFd((int) initial, semaphore, status);
        return Descriptors.install(task, file, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    private static long timerCreate(Task task, long clock, long flags) {
        switch ((int) clock) {
            case CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME -> {}
            case CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM -> {
                return -Errno.EPERM;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        if ((flags & ~NONBLOCK_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        TimerFd file =
                new TimerFd(
                        task.kernel().clock(),
                        task.kernel().timers(),
                        (int) clock == CLOCK_REALTIME,
                        (int) clock == CLOCK_BOOTTIME ? task.kernel().bootedAt() : 0,
                        (int) flags & OpenFlags.O_NONBLOCK);
        return Descriptors.install(task, file, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    private static long timerSet(Task task, long fd, long flags, long value, long old) {
        if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        long interval = TimeValues.readTimespec(memory, value);
        long first = TimeValues.readTimespec(memory, value + 16);
        if (interval < 0 || first < 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (!(file instanceof TimerFd timer)) {
            return file == null ? -Errno.EBADF : -Errno.EINVAL;
        }
        if (old != 0) {
            write(memory, old, timer);
        }
        timer.set(first, interval, (flags & TFD_TIMER_ABSTIME) != 0);
        return 0;
    }

    private static long timerGet(Task task, long fd, long value) {
        OpenFile file = task.files().get(fd);
        if (!(file instanceof TimerFd timer)) {
            return file == null ? -Errno.EBADF : -Errno.EINVAL;
        }
        write(task.memory(), value, timer);
        return 0;
    }

    private static void write(UserMemory memory, long address, TimerFd timer) {
        TimeValues.writeTimespec(memory, address, timer.intervalNanos());
        TimeValues.writeTimespec(memory, address + 16, timer.remainingNanos());
    }

    private static long signalfd(Task task, long fd, long mask, long maskBytes) {
        return signalfd4(task, fd, mask, maskBytes, 0);
    }

    private static long signalfd4(Task task, long fd, long mask, long maskBytes, long flags) {
        if (maskBytes != 8 || (flags & ~NONBLOCK_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        long signals = task.memory().readLong(mask);
        if ((int) fd == -1) {
            int status = (int) flags & OpenFlags.O_NONBLOCK;
            SignalFd made = new SignalFd(task.group(), signals, status);
            return Descriptors.install(task, made, (flags & OpenFlags.O_CLOEXEC) != 0);
        }
        OpenFile file = task.files().get(fd);
        if (!(file instanceof SignalFd existing)) {
            return file == null ? -Errno.EBADF : -Errno.EINVAL;
        }
        existing.mask(signals);
        task.group().signalEvents().wakeAll();
        return (int) fd;
    }
}
