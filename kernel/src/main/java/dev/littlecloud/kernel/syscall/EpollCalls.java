package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.ipc.EpollFile;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;

/** epoll(7). */
final class EpollCalls {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;

    /** sizeof(struct epoll_event), packed on x86-64. */
    private static final int EVENT_BYTES = 12;

    private static final int MAX_EVENTS = Integer.MAX_VALUE / EVENT_BYTES;

    private EpollCalls() {}

    static void register(SyscallTable table) {
        table.full(213, "epoll_create", "int", (Handler.Call1) EpollCalls::create);
        table.full(291, "epoll_create1", "hex", (Handler.Call1) EpollCalls::create1);
        table.full(233, "epoll_ctl", "fd,int,fd,ptr", (Handler.Call4) EpollCalls::control);
        table.full(232, "epoll_wait", "fd,ptr,int,int", (Handler.Call4) EpollCalls::epollWait);
        table.full(
                281,
                "epoll_pwait",
                "fd,ptr,int,int,ptr,int",
                (Handler.Call6) EpollCalls::epollPwait);
        table.full(
                441,
                "epoll_pwait2",
                "fd,ptr,int,ptr,ptr,int",
                (Handler.Call6) EpollCalls::epollPwait2);
    }

    private static long create(Task task, long size) {
        return (int) size <= 0 ? -Errno.EINVAL : create1(task, 0);
    }

    private static long create1(Task task, long flags) {
        if ((flags & ~EPOLL_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        return Descriptors.install(
                task, new EpollFile(task.kernel().frames()), (flags & EPOLL_CLOEXEC) != 0);
    }

    private static long control(Task task, long epollFd, long operation, long fd, long event) {
        int command = (int) operation;
        UserMemory memory = task.memory();
        int events = 0;
        long data = 0;
        if (command != DELETE) {
            events = memory.readInt(event);
            data = memory.readLong(event + 4);
        }
        OpenFile self = task.files().get(epollFd);
        OpenFile target = task.files().get(fd);
        if (self == null || target == null) {
            return -Errno.EBADF;
        }
        WaitQueue queue = target.waitQueue();
        if (queue == null) {
            return -Errno.EPERM;
        }
        if (!(self instanceof EpollFile epoll) || self == target) {
            return -Errno.EINVAL;
        }
        return switch (command) {
            case ADD -> epoll.add((int) fd, target, queue, events, data);
            case MODIFY -> epoll.modify((int) fd, target, events, data);
            case DELETE -> epoll.delete((int) fd, target);
            default -> -Errno.EINVAL;
        };
    }

    private static long epollWait(
            Task task, long epollFd, long events, long count, long timeoutMillis) {
        int millis = (int) timeoutMillis;
        task.deadlineIn(millis < 0 ? -1 : millis * 1_000_000L);
        return wait(task, epollFd, events, (int) count, millis == 0);
    }

    private static long epollPwait(
            Task task,
            long epollFd,
            long events,
            long count,
            long timeoutMillis,
            long mask,
            long maskBytes) {
        long status = mask(task, mask, maskBytes);
        return status != 0 ? status : epollWait(task, epollFd, events, count, timeoutMillis);
    }

    private static long epollPwait2(
            Task task,
            long epollFd,
            long events,
            long count,
            long timeout,
            long mask,
            long maskBytes) {
        long nanos = -1;
        if (timeout != 0) {
            nanos = TimeValues.readTimespec(task.memory(), timeout);
            if (nanos < 0) {
                return -Errno.EINVAL;
            }
        }
        long status = mask(task, mask, maskBytes);
        if (status != 0) {
            return status;
        }
        task.deadlineIn(nanos);
        return wait(task, epollFd, events, (int) count, nanos == 0);
    }

    private static long mask(Task task, long mask, long maskBytes) {
        if (mask != 0) {
            if (maskBytes != 8) {
                return -Errno.EINVAL;
            }
            task.signals().temporaryMask(task.memory().readLong(mask));
        }
        return 0;
    }

    private static long wait(Task task, long epollFd, long events, int count, boolean once) {
        if (count <= 0 || count > MAX_EVENTS) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(epollFd);
        if (file == null) {
            return -Errno.EBADF;
        }
        if (!(file instanceof EpollFile epoll)) {
            return -Errno.EINVAL;
        }
        long found = epoll.collect(task.memory(), events, count);
        if (found != 0 || once || task.isDeadlinePassed()) {
            return found;
        }
        return epoll.await(task);
    }
}
