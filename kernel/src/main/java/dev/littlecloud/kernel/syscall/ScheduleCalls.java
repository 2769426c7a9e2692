package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.SchedulingAttributes;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** Scheduling policies and their parameters; sched(7). */
final class ScheduleCalls {
    private static final int RESET_ON_FORK = 0x4000_0000;
    private static final int HIGHEST_PRIORITY = 99;
    private static final long SLICE_NANOS = 4_000_000;
    private static final long ROUND_ROBIN_NANOS = 100_000_000;
    private static final String KEPT =
            "kept and told; turns are taken by equal slices all the same";

    // struct sched_attr.
    private static final int ATTR_BYTES = 48;
    private static final int ATTR_RESET_ON_FORK = 1;
    private static final long ATTR_FLAGS = 0x7F;

    private static final long SHORTEST_RUNTIME_NANOS = 1024;
    private static final long SHORTEST_PERIOD_NANOS = 100_000;
    private static final long LONGEST_PERIOD_NANOS = 4_194_304_000L;

    private ScheduleCalls() {}

    static void register(SyscallTable table) {
        table.full(24, "sched_yield", "", (Handler.Call0) ScheduleCalls::yield);
        table.partial(
                142, "sched_setparam", "int,ptr", (Handler.Call2) ScheduleCalls::setparam, KEPT);
        table.full(143, "sched_getparam", "int,ptr", (Handler.Call2) ScheduleCalls::getparam);
        table.partial(
                144,
                "sched_setscheduler",
                "int,int,ptr",
                (Handler.Call3) ScheduleCalls::setscheduler,
                KEPT);
        table.full(145, "sched_getscheduler", "int", (Handler.Call1) ScheduleCalls::getscheduler);
        table.full(
                146,
                "sched_get_priority_max",
                "int",
                (Handler.Call1) (task, policy) -> priorityBound(policy, HIGHEST_PRIORITY));
        table.full(
                147,
                "sched_get_priority_min",
                "int",
                (Handler.Call1) (task, policy) -> priorityBound(policy, 1));
        table.full(
                148, "sched_rr_get_interval", "int,ptr", (Handler.Call2) ScheduleCalls::interval);
        table.partial(
                314, "sched_setattr", "int,ptr,hex", (Handler.Call3) ScheduleCalls::setattr, KEPT);
        table.full(315, "sched_getattr", "int,ptr,int,hex", (Handler.Call4) ScheduleCalls::getattr);
    }

    private static long yield(Task task) {
        if (task.kernel().scheduler().hasWaiting()) {
            task.run().giveWay();
        }
        return 0;
    }

    static @Nullable Task find(Task task, long pid) {
        return (int) pid == 0 ? task : task.kernel().tasks().task((int) pid);
    }

    private static boolean isRealtime(int policy) {
        return policy == SchedulingAttributes.FIFO || policy == SchedulingAttributes.ROUND_ROBIN;
    }

    private static boolean isOrdinary(int policy) {
        return policy == SchedulingAttributes.OTHER
                || policy == SchedulingAttributes.BATCH
                || policy == SchedulingAttributes.IDLE;
    }

    private static long priorityBound(long policy, int bound) {
        int number = (int) policy;
        if (isRealtime(number)) {
            return bound;
        }
        boolean known = isOrdinary(number) || number == SchedulingAttributes.DEADLINE;
        return known ? 0 : -Errno.EINVAL;
    }

    private static long setscheduler(Task task, long pid, long policy, long parameters) {
        if (parameters == 0 || (int) pid < 0 || (int) policy < 0) {
            return -Errno.EINVAL;
        }
        int priority = task.memory().readInt(parameters);
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        boolean resets = (policy & RESET_ON_FORK) != 0;
        return set(task, target, (int) policy & ~RESET_ON_FORK, priority, resets);
    }

    private static long setparam(Task task, long pid, long parameters) {
        if (parameters == 0 || (int) pid < 0) {
            return -Errno.EINVAL;
        }
        int priority = task.memory().readInt(parameters);
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        SchedulingAttributes now = target.scheduling();
        return set(task, target, now.policy(), priority, now.isResetOnFork());
    }

    private static long set(Task task, Task target, int policy, int priority, boolean resets) {
        boolean realtime = isRealtime(policy);
        boolean valid =
                realtime
                        ? priority >= 1 && priority <= HIGHEST_PRIORITY
                        : isOrdinary(policy) && priority == 0;
        if (!valid) {
            return -Errno.EINVAL;
        }
        if (!task.credentials().has(Credentials.CAP_SYS_NICE)) {
            long limit = target.group().limits().soft(ResourceLimits.RTPRIO);
            SchedulingAttributes old = target.scheduling();
            boolean sameOrLess = realtime && policy == old.policy() && priority <= old.priority();
            if (realtime && !sameOrLess && Long.compareUnsigned(priority, limit) > 0) {
                return -Errno.EPERM;
            }
            if (!PriorityCalls.owns(task, target) || (old.isResetOnFork() && !resets)) {
                return -Errno.EPERM;
            }
        }
        target.scheduling().policy(policy, priority);
        target.scheduling().resetOnFork(resets);
        return 0;
    }

    private static long getscheduler(Task task, long pid) {
        if ((int) pid < 0) {
            return -Errno.EINVAL;
        }
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        SchedulingAttributes attributes = target.scheduling();
        return attributes.policy() | (attributes.isResetOnFork() ? RESET_ON_FORK : 0);
    }

    private static long getparam(Task task, long pid, long parameters) {
        if (parameters == 0 || (int) pid < 0) {
            return -Errno.EINVAL;
        }
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeInt(parameters, target.scheduling().priority());
        return 0;
    }

    private static long interval(Task task, long pid, long address) {
        if ((int) pid < 0) {
            return -Errno.EINVAL;
        }
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        long nanos =
                switch (target.scheduling().policy()) {
                    case SchedulingAttributes.FIFO -> 0;
                    case SchedulingAttributes.ROUND_ROBIN -> ROUND_ROBIN_NANOS;
                    default -> SLICE_NANOS;
                };
        TimeValues.writeTimespec(task.memory(), address, nanos);
        return 0;
    }

    private static long getattr(Task task, long pid, long address, long size, long flags) {
        if (address == 0
                || (int) pid < 0
                || Long.compareUnsigned(size, ATTR_BYTES) < 0
                || Long.compareUnsigned(size, 4096) > 0
                || flags != 0) {
            return -Errno.EINVAL;
        }
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        SchedulingAttributes attributes = target.scheduling();
        UserMemory memory = task.memory();
        memory.writeZeros(address, ATTR_BYTES);
        memory.writeInt(address, ATTR_BYTES);
        memory.writeInt(address + 4, attributes.policy());
        memory.writeLong(address + 8, attributes.isResetOnFork() ? ATTR_RESET_ON_FORK : 0);
        memory.writeInt(address + 16, attributes.nice());
        memory.writeInt(address + 20, attributes.priority());
        return 0;
    }

    private static long setattr(Task task, long pid, long address, long flags) {
        if (address == 0 || (int) pid < 0 || flags != 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        int size = memory.readInt(address);
        if (size != 0 && size < ATTR_BYTES) {
            memory.writeInt(address, ATTR_BYTES);
            return -Errno.E2BIG;
        }
        int policy = memory.readInt(address + 4);
        long attributeFlags = memory.readLong(address + 8);
        int nice = memory.readInt(address + 16);
        int priority = memory.readInt(address + 20);
        if (policy < 0 || (attributeFlags & ~ATTR_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        Task target = find(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (policy == SchedulingAttributes.DEADLINE) {
            // Only with CAP_SYS_NICE, which an instance does not have.
            boolean possible = priority == 0 && isDeadline(memory, address);
            return possible ? -Errno.EPERM : -Errno.EINVAL;
        }
        boolean resets = (attributeFlags & ATTR_RESET_ON_FORK) != 0;
        if (!isRealtime(policy)) {
            int wanted = Math.clamp(nice, PriorityCalls.LOWEST_NICE, PriorityCalls.HIGHEST_NICE);
            if (!PriorityCalls.mayBe(task, target, wanted)) {
                return -Errno.EPERM;
            }
            long result = set(task, target, policy, priority, resets);
            if (result == 0) {
                target.scheduling().nice(wanted);
            }
            return result;
        }
        return set(task, target, policy, priority, resets);
    }

    /** Whether runtime, deadline and period fit; sched(7), "SCHED_DEADLINE". */
    private static boolean isDeadline(UserMemory memory, long address) {
        long runtime = memory.readLong(address + 24);
        long deadline = memory.readLong(address + 32);
        long period = memory.readLong(address + 40);
        if (period == 0) {
            period = deadline;
        }
        return runtime >= SHORTEST_RUNTIME_NANOS
                && runtime <= deadline
                && deadline <= period
                && period >= SHORTEST_PERIOD_NANOS
                && period <= LONGEST_PERIOD_NANOS;
    }
}
