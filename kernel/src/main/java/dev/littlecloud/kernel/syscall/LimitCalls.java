package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Resource limits; getrlimit(2). */
final class LimitCalls {
    /** fs.nr_open: no limit on descriptors goes higher. */
    private static final long MOST_DESCRIPTORS = 1 << 20;

    private LimitCalls() {}

    static void register(SyscallTable table) {
        table.full(97, "getrlimit", "int,ptr", (Handler.Call2) LimitCalls::getrlimit);
        table.full(160, "setrlimit", "int,ptr", (Handler.Call2) LimitCalls::setrlimit);
        table.full(302, "prlimit64", "int,int,ptr,ptr", (Handler.Call4) LimitCalls::prlimit);
    }

    private static long getrlimit(Task task, long resource, long address) {
        if (!isResource(resource)) {
            return -Errno.EINVAL;
        }
        write(task.memory(), address, task.group().limits(), (int) resource);
        return 0;
    }

    private static boolean isResource(long resource) {
        return (int) resource >= 0 && (int) resource < ResourceLimits.COUNT;
    }

    private static void write(UserMemory memory, long to, ResourceLimits limits, int resource) {
        long soft = limits.soft(resource);
        long hard = limits.hard(resource);
        memory.writeLong(to, soft);
        memory.writeLong(to + 8, hard);
    }

    private static long setrlimit(Task task, long resource, long address) {
        long soft = task.memory().readLong(address);
        long hard = task.memory().readLong(address + 8);
        return isResource(resource)
                ? set(task, task.group(), (int) resource, soft, hard)
                : -Errno.EINVAL;
    }

    private static long prlimit(Task task, long pid, long resource, long wanted, long old) {
        UserMemory memory = task.memory();
        long soft = 0;
        long hard = 0;
        if (wanted != 0) {
            soft = memory.readLong(wanted);
            hard = memory.readLong(wanted + 8);
        }
        Task target = (int) pid == 0 ? task : task.kernel().tasks().task((int) pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (!mayLimit(task, target)) {
            return -Errno.EPERM;
        }
        if (!isResource(resource)) {
            return -Errno.EINVAL;
        }
        ResourceLimits limits = target.group().limits();
        long oldSoft = limits.soft((int) resource);
        long oldHard = limits.hard((int) resource);
        if (wanted != 0) {
            long result = set(task, target.group(), (int) resource, soft, hard);
            if (result != 0) {
                return result;
            }
        }
        if (old != 0) {
            memory.writeLong(old, oldSoft);
            memory.writeLong(old + 8, oldHard);
        }
        return 0;
    }

    /** prlimit(2), "CAP_SYS_RESOURCE ... or the IDs must match". */
    private static boolean mayLimit(Task task, Task target) {
        Credentials mine = task.credentials();
        Credentials theirs = target.credentials();
        boolean same =
                mine.uid() == theirs.uid()
                        && mine.uid() == theirs.euid()
                        && mine.uid() == theirs.suid()
                        && mine.gid() == theirs.gid()
                        && mine.gid() == theirs.egid()
                        && mine.gid() == theirs.sgid();
        return target.group() == task.group() || same || mine.has(Credentials.CAP_SYS_RESOURCE);
    }

    private static long set(Task task, ThreadGroup group, int resource, long soft, long hard) {
        ResourceLimits limits = group.limits();
        if (Long.compareUnsigned(soft, hard) > 0) {
            return -Errno.EINVAL;
        }
        boolean tooMany =
                resource == ResourceLimits.NOFILE
                        && Long.compareUnsigned(hard, MOST_DESCRIPTORS) > 0;
        boolean raises = Long.compareUnsigned(hard, limits.hard(resource)) > 0;
        if (tooMany || (raises && !task.credentials().has(Credentials.CAP_SYS_RESOURCE))) {
            return -Errno.EPERM;
        }
        limits.set(resource, soft, hard);
        switch (resource) {
            case ResourceLimits.CPU -> group.timers().cpuLimitChanged();
            case ResourceLimits.STACK, ResourceLimits.DATA -> tellMemory(group);
            case ResourceLimits.NOFILE -> tellThreads(group);
            default -> {}
        }
        return 0;
    }

    /** The address space keeps its own copy of what it checks at each fault and brk(2). */
    private static void tellMemory(ThreadGroup group) {
        if (group.threads().isEmpty()) {
            return;
        }
        var layout = group.threads().getFirst().space().layout();
        layout.stackLimit = bounded(group.limits().soft(ResourceLimits.STACK));
        layout.dataLimit = bounded(group.limits().soft(ResourceLimits.DATA));
    }

    /** Whether a descriptor is left is looked at anew in the next call of each. */
    private static void tellThreads(ThreadGroup group) {
        for (Task thread : group.threads()) {
            thread.space().mayOpen(false);
        }
    }

    private static long bounded(long limit) {
        return limit < 0 ? Long.MAX_VALUE : limit;
    }
}
