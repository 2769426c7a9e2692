package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Scheduler;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayList;
import java.util.List;

/** Nice values, priorities of input and output, and the processors a thread may use. */
final class PriorityCalls {
    static final int LOWEST_NICE = -20;
    static final int HIGHEST_NICE = 19;

    private static final int PROCESS = 0;
    private static final int GROUP = 1;
    private static final int USER = 2;

    private static final int IO_CLASS_SHIFT = 13;
    private static final int IO_DATA = 7;
    private static final int IO_REALTIME = 1;
    private static final int IO_BEST_EFFORT = 2;
    private static final int IO_IDLE = 3;

    private static final String KEPT =
            "kept and told; turns are taken by equal slices all the same";

    private PriorityCalls() {}

    static void register(SyscallTable table) {
        table.full(140, "getpriority", "int,int", (Handler.Call2) PriorityCalls::getpriority);
        table.partial(
                141,
                "setpriority",
                "int,int,int",
                (Handler.Call3) PriorityCalls::setpriority,
                KEPT);
        table.full(
                203,
                "sched_setaffinity",
                "int,int,ptr",
                (Handler.Call3) PriorityCalls::setaffinity);
        table.full(
                204,
                "sched_getaffinity",
                "int,int,ptr",
                (Handler.Call3) PriorityCalls::getaffinity);
        table.partial(
                251,
                "ioprio_set",
                "int,int,int",
                (Handler.Call3) PriorityCalls::setIo,
                "kept only");
        table.full(252, "ioprio_get", "int,int", (Handler.Call2) PriorityCalls::getIo);
    }

    /** The threads that "which" and "who" mean; empty where there are none. */
    private static List<Task> select(Task task, int which, int who) {
        List<Task> found = new ArrayList<>();
        switch (which) {
            case PROCESS -> {
                Task target = ScheduleCalls.find(task, who);
                if (target != null) {
                    found.add(target);
                }
            }
            case GROUP -> {
                ProcessGroup group =
                        who == 0 ? task.group().processGroup() : task.kernel().tasks().group(who);
                if (group != null) {
                    for (ThreadGroup member : group.members()) {
                        found.addAll(member.threads());
                    }
                }
            }
            default -> {
                int uid = who == 0 ? task.credentials().uid() : who;
                for (Task each : task.kernel().tasks().tasks()) {
                    if (each.credentials().uid() == uid) {
                        found.add(each);
                    }
                }
            }
        }
        return found;
    }

    /** Whether a thread may change another's scheduling; setpriority(2), sched_setaffinity(2). */
    static boolean owns(Task task, Task target) {
        Credentials mine = task.credentials();
        Credentials theirs = target.credentials();
        return mine.euid() == theirs.euid()
                || mine.euid() == theirs.uid()
                || mine.has(Credentials.CAP_SYS_NICE);
    }

    /** Whether a thread may have this nice value; getrlimit(2), RLIMIT_NICE. */
    static boolean mayBe(Task task, Task target, int nice) {
        if (nice >= target.scheduling().nice()
                || task.credentials().has(Credentials.CAP_SYS_NICE)) {
            return true;
        }
        long limit = target.group().limits().soft(ResourceLimits.NICE);
        return Long.compareUnsigned(20 - nice, limit) <= 0;
    }

    /** Answers 20 - nice, so that no value looks like an error; getpriority(2). */
    private static long getpriority(Task task, long which, long who) {
        if (which < PROCESS || which > USER) {
            return -Errno.EINVAL;
        }
        long best = -Errno.ESRCH;
        for (Task target : select(task, (int) which, (int) who)) {
            best = Math.max(best, 20 - target.scheduling().nice());
        }
        return best;
    }

    private static long setpriority(Task task, long which, long who, long nice) {
        if (which < PROCESS || which > USER) {
            return -Errno.EINVAL;
        }
        int wanted = Math.clamp((int) nice, LOWEST_NICE, HIGHEST_NICE);
        long result = -Errno.ESRCH;
        for (Task target : select(task, (int) which, (int) who)) {
            if (!owns(task, target)) {
                result = -Errno.EPERM;
            } else if (!mayBe(task, target, wanted)) {
                result = -Errno.EACCES;
            } else {
                target.scheduling().nice(wanted);
                result = result == -Errno.ESRCH ? 0 : result;
            }
        }
        return result;
    }

    private static long processors(Task task) {
        int count = task.kernel().config().processors();
        return count >= Long.SIZE ? -1 : (1L << count) - 1;
    }

    private static long getaffinity(Task task, long pid, long size, long mask) {
        int bytes = (int) size;
        if (bytes < Long.BYTES || bytes % Long.BYTES != 0) {
            return -Errno.EINVAL;
        }
        Task target = ScheduleCalls.find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeLong(mask, target.scheduling().affinity() & processors(task));
        return Long.BYTES;
    }

    private static long setaffinity(Task task, long pid, long size, long mask) {
        byte[] bytes = new byte[(int) Math.clamp(size & 0xFFFF_FFFFL, 0, Long.BYTES)];
        task.memory().read(mask, bytes, 0, bytes.length);
        long wanted = 0;
        for (int i = 0; i < bytes.length; i++) {
            wanted |= (bytes[i] & 0xFFL) << (8 * i);
        }
        Task target = ScheduleCalls.find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (!owns(task, target)) {
            return -Errno.EPERM;
        }
        if ((wanted & processors(task)) == 0) {
            return -Errno.EINVAL;
        }
        Scheduler scheduler = task.kernel().scheduler();
        // The caller itself moves when it returns.
        if (scheduler.bind(target, wanted & processors(task)) || target == task) {
            return 0;
        }
        task.waitOn(scheduler.passed());
        return task.block(Restart.ALWAYS);
    }

    private static long setIo(Task task, long which, long who, long priority) {
        int data = (int) priority & (1 << IO_CLASS_SHIFT) - 1;
        int ioClass = (int) priority >> IO_CLASS_SHIFT;
        boolean valid =
                switch (ioClass) {
                    case 0 -> data == 0;
                    case IO_REALTIME, IO_BEST_EFFORT -> data <= IO_DATA;
                    case IO_IDLE -> true;
                    default -> false;
                };
        if (!valid || which < 1 || which > 3) {
            return -Errno.EINVAL;
        }
        if (ioClass == IO_REALTIME
                && !task.credentials().has(Credentials.CAP_SYS_NICE)
                && !task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        long result = -Errno.ESRCH;
        for (Task target : select(task, (int) which - 1, (int) who)) {
            if (!owns(task, target)) {
                return -Errno.EPERM;
            }
            target.scheduling().ioPriority((int) priority);
            result = 0;
        }
        return result;
    }

    private static long getIo(Task task, long which, long who) {
        if (which < 1 || which > 3) {
            return -Errno.EINVAL;
        }
        long best = -Errno.ESRCH;
        for (Task target : select(task, (int) which - 1, (int) who)) {
            int priority = target.scheduling().ioPriority();
            // The lower number is the higher priority, but none at all is the lowest.
            boolean better = best < 0 || best == 0 || (priority != 0 && priority < best);
            best = better ? priority : best;
        }
        return best;
    }
}
