package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.ptrace.Tracer;
import dev.littlecloud.kernel.seccomp.Seccomp;
import dev.littlecloud.kernel.signal.TaskSignals;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A guest thread as data: registers, what it shares with others, and the call it is blocked in. It
 * owns no Java thread and no vCPU; see {@link Scheduler}. Guarded by the instance lock.
 */
public final class Task {
    /** What a handler returns after it put the task to sleep; no errno and no count looks like it. */
    public static final long BLOCK = Long.MIN_VALUE;

    /** No deadline. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** Waiters that every task has for nothing, and what each further one is charged. */
    private static final int FREE_WAITERS = 64;

    private static final int WAITER_BYTES = 64;

    private final Kernel kernel;
    private int tid;
    private final TaskSignals signals;
    private final ThreadGroup group;
    private AddressSpace space;
    private FdTable files;
    private FsContext fs;
    private Credentials credentials;
    private final UserIo io;
    private final TransferCounts transfers = new TransferCounts();
    private String name = "";
    private @Nullable Seccomp seccomp;
    private SchedulingAttributes scheduling = new SchedulingAttributes();

    // What a blocked call waits for; see waitOn and block.
    private @Nullable TaskWaiter[] waiters = {new TaskWaiter(this)};
    private int waiterCount;
    private long waiterCharge;
    private long deadline = FOREVER;
    private boolean deadlineSet;
    private Restart restart = Restart.WITH_SA_RESTART;
    private @Nullable PendingCall pending;
    private @Nullable SuspendedCall suspended;
    private long progress;
    private boolean uninterrupted;
    private boolean yields;

    final TaskRun run;

    // Words of the guest that the end of the thread clears and wakes; set_tid_address(2) and
    // get_robust_list(2).
    private long clearChildTid;
    private long robustList;
    private @Nullable RestartableSequence restartableSequence;
    private int parentDeathSignal;

    public Task(
            Kernel kernel,
            int tid,
            ThreadGroup group,
            AddressSpace space,
            FdTable files,
            FsContext fs,
            Credentials credentials) {
        this.kernel = kernel;
        this.tid = tid;
        this.group = group;
        this.space = space;
        this.files = files;
        this.fs = fs;
        this.credentials = credentials;
        this.io = new UserIo(space.memory());
        this.signals = new TaskSignals(this);
        this.run = new TaskRun(this);
    }

    public Kernel kernel() {
        return kernel;
    }

    /** The thread's id; equals the process id for a process's first thread. */
    public int tid() {
        return tid;
    }

    /** Takes over the process's id, when another thread than the first calls execve(2). */
    public void becomeLeader() {
        kernel.tasks().remove(this);
        tid = group.pid();
        kernel.tasks().add(this);
    }

    /** The process this thread belongs to. */
    public ThreadGroup group() {
        return group;
    }

    public AddressSpace space() {
        return space;
    }

    /** The process's memory, for copies of arguments and results. */
    public UserMemory memory() {
        return space.memory();
    }

    public FdTable files() {
        return files;
    }

    /** Working directory, root and umask. */
    public FsContext fs() {
        return fs;
    }

    public Credentials credentials() {
        return credentials;
    }

    public void credentials(Credentials changed) {
        kernel.frames().chargeAnyway(changed.groupBytes() - credentials.groupBytes());
        if (!changed.hasRightsOf(credentials)) {
            space.viewChanged();
        }
        credentials = changed;
    }

    public TaskSignals signals() {
        return signals;
    }

    /** What its calls moved. */
    public TransferCounts transfers() {
        return transfers;
    }

    /** This task's transfer buffer, reused by each of its calls. */
    public UserIo io() {
        return io;
    }

    /** The name that prctl(PR_SET_NAME) sets, at most 15 bytes. */
    public String name() {
        return name;
    }

    public void name(String newName) {
        name = newName.length() > 15 ? newName.substring(0, 15) : newName;
    }

    /** The filters on its system calls, or null. */
    public @Nullable Seccomp seccomp() {
        return seccomp;
    }

    public void seccomp(@Nullable Seccomp filters) {
        long before = inheritedBytes();
        seccomp = filters;
        space.viewChanged();
        kernel.frames().chargeAnyway(inheritedBytes() - before);
    }

    /** What a new task is charged for that it has in common with its maker. */
    long inheritedBytes() {
        return credentials.groupBytes() + (seccomp == null ? 0 : seccomp.bytes());
    }

    /** Policy, priorities and allowed processors. */
    public SchedulingAttributes scheduling() {
        return scheduling;
    }

    /** Takes over the filters of its maker, which were charged. */
    void inheritFilters(Task parent) {
        seccomp = parent.seccomp;
    }

    /** Takes over what a new thread or process inherits of its maker's scheduling. */
    void inheritScheduling(Task parent) {
        scheduling = parent.scheduling.copy();
    }

    public long clearChildTid() {
        return clearChildTid;
    }

    public void clearChildTid(long address) {
        clearChildTid = address;
    }

    public long robustList() {
        return robustList;
    }

    public void robustList(long address) {
        robustList = address;
    }

    /** Null where the thread has none. */
    public @Nullable RestartableSequence restartableSequence() {
        return restartableSequence;
    }

    public void restartableSequence(@Nullable RestartableSequence sequence) {
        restartableSequence = sequence;
    }

    // Who traces it, and what it traces; null where it does not.
    private @Nullable Tracee tracee;
    private @Nullable Tracer tracer;

    /** How it is traced; null where nobody traces it. */
    public @Nullable Tracee tracee() {
        return tracee;
    }

    public void tracee(@Nullable Tracee traced) {
        tracee = traced;
    }

    /** What it traces; null where it never did. */
    public @Nullable Tracer tracer() {
        return tracer;
    }

    public Tracer asTracer() {
        Tracer own = tracer;
        if (own == null) {
            own = new Tracer(this);
            tracer = own;
        }
        return own;
    }

    public int parentDeathSignal() {
        return parentDeathSignal;
    }

    public void parentDeathSignal(int signal) {
        parentDeathSignal = signal;
    }

    // ---- The thread's end

    private boolean exits;
    private int exitStatus;
    private @Nullable WaitQueue vfork;

    /** Ends this thread when it is next looked at; exit(2). */
    public void exit(int status) {
        exits = true;
        exitStatus = status;
    }

    public boolean exits() {
        return exits;
    }

    int exitStatus() {
        return exitStatus;
    }

    /** The parent waits here until this child has its own memory or has ended; vfork(2). */
    public void vfork(WaitQueue parentWaits) {
        vfork = parentWaits;
    }

    /** Whether a vfork parent still waits. */
    public boolean isVforkHeld() {
        return vfork != null;
    }

    /** Lets a vfork parent go on. */
    public void releaseVfork() {
        WaitQueue waiting = vfork;
        vfork = null;
        if (waiting != null) {
            waiting.wakeAll();
        }
    }

    /** Scheduling state and registers. */
    public TaskRun run() {
        return run;
    }

    /** Replaces the memory at execve(2). */
    public void replaceSpace(AddressSpace newSpace) {
        space = newSpace;
        io.memory(newSpace.memory());
    }

    /** Replaces the descriptor table: unshare at execve(2), or its end at exit. */
    public void replaceFiles(FdTable newFiles) {
        files = newFiles;
    }

    public void replaceFs(FsContext newFs) {
        fs = newFs;
    }

    // ---- Blocking. A handler that must wait registers where with waitOn (any number of times) and
    // returns block(...). It runs again from its start when one of the queues is woken, when the
    // deadline has passed, or when a signal comes.

    /** Registers this task for a wake-up of {@code queue}. */
    public void waitOn(WaitQueue queue) {
        waitOn(queue, PollEvents.ALL, false);
    }

    /**
     * Registers this task for wake-ups of {@code queue} with any of {@code events}; an exclusive
     * waiter is one of several of which a wake-up needs only one.
     */
    public void waitOn(WaitQueue queue, int events, boolean exclusive) {
        if (waiterCount == waiters.length) {
            waiters = Arrays.copyOf(waiters, waiterCount * 2);
        }
        TaskWaiter waiter = waiters[waiterCount];
        if (waiter == null) {
            waiter = new TaskWaiter(this);
            waiters[waiterCount] = waiter;
        }
        waiterCount++;
        waiter.listen(events, exclusive);
        queue.add(waiter);
    }

    /**
     * Makes room to wait on so many queues, charged to the instance for as long as the task waits;
     * false where it has no memory for that.
     */
    public boolean reserveWaiters(int count) {
        long bytes = (long) (count - FREE_WAITERS) * WAITER_BYTES;
        if (bytes > waiterCharge) {
            if (!kernel.frames().charge(bytes - waiterCharge)) {
                return false;
            }
            waiterCharge = bytes;
        }
        return true;
    }

    /** Sleeps until woken; restarted as SA_RESTART says. */
    public long block() {
        return block(Restart.WITH_SA_RESTART);
    }

    /** Sleeps until woken or until the deadline that {@link #deadlineIn} set. */
    public long block(Restart how) {
        restart = how;
        return BLOCK;
    }

    /** Sleeps until woken; only the end of the process interrupts it (a vfork parent). */
    public long blockUninterrupted(WaitQueue queue) {
        waitOn(queue);
        uninterrupted = true;
        return block();
    }

    /**
     * Ends one part of a call that takes long: others get the lock and the processor, then the
     * handler runs again from its start. Only the end of the process interrupts it.
     *
     * @param done what {@link #progress()} answers in the next run, in bytes
     */
    public long yield(long done) {
        progress = done;
        yields = true;
        return BLOCK;
    }

    boolean yields() {
        return yields;
    }

    boolean isUninterrupted() {
        return uninterrupted;
    }

    /** {@link #waitOn(WaitQueue)} and {@link #block()}. */
    public long blockOn(WaitQueue queue) {
        waitOn(queue);
        return block();
    }

    /**
     * Sets when the call gives up, the first time the call runs; later runs keep the first
     * deadline.
     *
     * @param nanos from now, negative for never
     * @return the deadline on the monotonic clock, in nanoseconds
     */
    public long deadlineIn(long nanos) {
        if (!deadlineSet) {
            deadlineSet = true;
            long now = kernel.clock().monotonicNanos();
            deadline = nanos < 0 || nanos > FOREVER - now ? FOREVER : now + nanos;
        }
        return deadline;
    }

    /** Sets an absolute deadline on the monotonic clock. */
    public void deadlineAt(long monotonicNanos) {
        deadlineSet = true;
        deadline = monotonicNanos;
    }

    /** Whether a deadline was set and has passed. */
    public boolean isDeadlinePassed() {
        return deadline != FOREVER && kernel.clock().monotonicNanos() >= deadline;
    }

    public long deadline() {
        return deadline;
    }

    /** Bytes a blocking transfer moved so far; a signal then returns them instead of EINTR. */
    public long progress() {
        return progress;
    }

    public void progress(long bytes) {
        progress = bytes;
    }

    /** What this call left in an earlier run, or null in its first. */
    public @Nullable PendingCall pending() {
        return pending;
    }

    public void pending(@Nullable PendingCall state) {
        pending = state;
    }

    /** A call with a deadline that restart_syscall(2) goes on with, or null. */
    @Nullable SuspendedCall suspended() {
        return suspended;
    }

    void suspended(SuspendedCall call) {
        suspended = call;
    }

    public Restart restart() {
        return restart;
    }

    /** Takes the task off all queues, before its handler runs again or it ends. */
    void stopWaiting() {
        uninterrupted = false;
        yields = false;
        for (int i = 0; i < waiterCount; i++) {
            TaskWaiter waiter = waiters[i];
            if (waiter != null) {
                waiter.unlink();
            }
        }
        waiterCount = 0;
        if (waiters.length > 2 * FREE_WAITERS) {
            waiters = new @Nullable TaskWaiter[] {new TaskWaiter(this)};
        }
        if (waiterCharge > 0) {
            kernel.frames().uncharge(waiterCharge);
            waiterCharge = 0;
        }
    }

    /** Forgets everything about the call that has ended. */
    void endCall() {
        stopWaiting();
        deadline = FOREVER;
        deadlineSet = false;
        pending = null;
        progress = 0;
        restart = Restart.WITH_SA_RESTART;
    }

    /** Whether the blocked or ending call holds state to undo. */
    void cancelCall() {
        PendingCall state = pending;
        pending = null;
        if (state != null) {
            state.cancel(this);
        }
        endCall();
    }

    @Override
    public String toString() {
        return name + "[" + group.pid() + "/" + tid + "]";
    }
}
