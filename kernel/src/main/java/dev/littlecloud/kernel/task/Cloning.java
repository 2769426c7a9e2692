package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.machine.Registers;
import org.jspecify.annotations.Nullable;

/** Makes threads and processes; clone(2). */
public final class Cloning {
    public static final long CLONE_VM = 0x100;
    public static final long CLONE_FS = 0x200;
    public static final long CLONE_FILES = 0x400;
    public static final long CLONE_SIGHAND = 0x800;
    public static final long CLONE_PIDFD = 0x1000;
    public static final long CLONE_VFORK = 0x4000;
    public static final long CLONE_PARENT = 0x8000;
    public static final long CLONE_THREAD = 0x10000;
    public static final long CLONE_SETTLS = 0x80000;
    public static final long CLONE_PARENT_SETTID = 0x100000;
    public static final long CLONE_CHILD_CLEARTID = 0x200000;
    public static final long CLONE_CHILD_SETTID = 0x1000000;
    public static final long CLONE_CLEAR_SIGHAND = 0x1_0000_0000L;

    /** New namespaces: an instance has one of each, as an unprivileged container. */
    private static final long NAMESPACES =
            0x20000
                    | 0x2000000
                    | 0x4000000
                    | 0x8000000
                    | 0x10000000
                    | 0x20000000
                    | 0x40000000
                    | 0x80;

    private static final long CLONE_NEWNS = 0x20000;
    private static final long CLONE_NEWUSER = 0x10000000;
    private static final long CLONE_INTO_CGROUP = 0x2_0000_0000L;

    /** Java objects of a task, charged to the instance: about what a thread and a process take. */
    static final long TASK_CHARGE = 4096;

    /**
     * What is wanted of a new task.
     *
     * @param exitSignal sent to the parent at its end, 0 for none
     * @param stack stack pointer, or 0 to go on with the caller's
     * @param parentTid where the caller gets the id (CLONE_PARENT_SETTID)
     * @param childTid the word of CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID
     * @param tls FS base with CLONE_SETTLS
     */
    public record Wish(
            long flags, int exitSignal, long stack, long parentTid, long childTid, long tls) {
        boolean has(long flag) {
            return (flags & flag) != 0;
        }
    }

    private Cloning() {}

    /** 0, or why the flags do not go together. */
    public static int check(Wish wish) {
        boolean badThread = wish.has(CLONE_THREAD) && !wish.has(CLONE_SIGHAND);
        boolean badHandlers = wish.has(CLONE_SIGHAND) && !wish.has(CLONE_VM);
        boolean badClear = wish.has(CLONE_CLEAR_SIGHAND) && wish.has(CLONE_SIGHAND);
        boolean ownMounts = wish.has(CLONE_NEWNS) || wish.has(CLONE_NEWUSER);
        boolean badFs = wish.has(CLONE_FS) && ownMounts;
        if (badThread || badHandlers || badClear || badFs || wish.exitSignal() > 64) {
            return -Errno.EINVAL;
        }
        if (wish.has(NAMESPACES)) {
            return -Errno.EPERM;
        }
        return wish.has(CLONE_INTO_CGROUP) ? -Errno.EOPNOTSUPP : 0;
    }

    /** The new task, not started yet; null where the instance or the user has too many. */
    public static @Nullable Task make(Task parent, Wish wish) {
        Kernel kernel = parent.kernel();
        int tid = kernel.tasks().newId();
        long charge = TASK_CHARGE + parent.inheritedBytes();
        if (tid < 0 || isOverLimit(parent) || !kernel.frames().charge(charge)) {
            return null;
        }
        FdTable files = wish.has(CLONE_FILES) ? parent.files() : parent.files().copy();
        if (files == null) {
            kernel.frames().uncharge(charge);
            return null;
        }
        if (wish.has(CLONE_FILES)) {
            files.share();
        }
        AddressSpace space = wish.has(CLONE_VM) ? parent.space() : parent.space().fork();
        if (space == null) {
            files.leave();
            kernel.frames().uncharge(charge);
            return null;
        }
        if (wish.has(CLONE_VM)) {
            space.share();
        }
        FsContext fs = wish.has(CLONE_FS) ? parent.fs() : parent.fs().copy();
        ThreadGroup group = wish.has(CLONE_THREAD) ? parent.group() : newGroup(parent, tid, wish);
        Task child = new Task(kernel, tid, group, space, files, fs, parent.credentials());
        child.name(parent.name());
        child.inheritScheduling(parent);
        child.inheritFilters(parent);
        child.signals().inherit(parent.signals());
        if (!wish.has(CLONE_VM) || wish.has(CLONE_VFORK)) {
            child.signals().inheritStack(parent.signals());
        }
        copyState(parent, child, wish);
        group.threads().add(child);
        kernel.tasks().add(child);
        return child;
    }

    /** RLIMIT_NPROC: tasks of the real user, who is not root; getrlimit(2). */
    private static boolean isOverLimit(Task parent) {
        long limit = parent.group().limits().soft(ResourceLimits.NPROC);
        Credentials who = parent.credentials();
        if (limit < 0
                || limit >= parent.kernel().config().maxTasks()
                || who.uid() == 0
                || who.has(Credentials.CAP_SYS_RESOURCE)
                || who.has(Credentials.CAP_SYS_ADMIN)) {
            return false;
        }
        int count = 0;
        for (Task each : parent.kernel().tasks().tasks()) {
            count += each.credentials().uid() == who.uid() ? 1 : 0;
        }
        return count >= limit;
    }

    private static ThreadGroup newGroup(Task parent, int pid, Wish wish) {
        ThreadGroup from = parent.group();
        SignalActions actions = wish.has(CLONE_SIGHAND) ? from.actions() : from.actions().copy();
        if (wish.has(CLONE_CLEAR_SIGHAND)) {
            actions = actions.afterExec();
        }
        ThreadGroup group =
                new ThreadGroup(
                        parent.kernel(), pid, from.processGroup(), from.limits().copy(), actions);
        ThreadGroup grandparent = from.parent();
        boolean sibling = wish.has(CLONE_PARENT) && grandparent != null;
        group.parent(sibling ? grandparent : from);
        group.makerTid(sibling ? from.makerTid() : parent.tid());
        group.exitSignal(wish.exitSignal());
        group.inherit(from);
        group.executable(from.executable(), from.executablePath());
        group.clearHasExecuted();
        group.times().startedAt(parent.kernel().clock().monotonicNanos());
        if (group.limits().soft(ResourceLimits.CPU) != ResourceLimits.INFINITY) {
            group.timers().cpuLimitChanged();
        }
        parent.kernel().tasks().add(group);
        return group;
    }

    private static void copyState(Task parent, Task child, Wish wish) {
        long[] registers = child.run().registers();
        System.arraycopy(parent.run().registers(), 0, registers, 0, registers.length);
        registers[Registers.RAX] = 0;
        if (wish.stack() != 0) {
            registers[Registers.RSP] = wish.stack();
        }
        if (wish.has(CLONE_SETTLS)) {
            registers[Registers.FS_BASE] = wish.tls();
        }
        var state = parent.run().extendedState();
        if (state != null) {
            child.run().extendedState(TaskRun.extendedArea(state.byteSize()).copyFrom(state));
        }
        RestartableSequence sequence = parent.restartableSequence();
        if (sequence != null && !wish.has(CLONE_VM)) {
            child.restartableSequence(sequence.copy());
        }
        if (wish.has(CLONE_CHILD_CLEARTID)) {
            child.clearChildTid(wish.childTid());
        }
    }
}
