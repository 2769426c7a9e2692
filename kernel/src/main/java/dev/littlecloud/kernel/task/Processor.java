package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.InterruptedCalls;
import dev.littlecloud.kernel.ptrace.Stepping;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.syscall.SyscallDispatch;
import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU and the loop that runs tasks on it. The loop has a platform thread only while there is
 * work, and a little longer. Guarded by the instance lock, which is given up in the guest.
 */
public final class Processor {
    /** How long a thread stays without work, so that the next wake-up finds it. */
    private static final long LINGER_NANOS = 100_000_000;

    /** How often, and for how long each time, a thread that gives up the lock looks for others. */
    private static final int HAND_OVER_TRIES = 20;

    private static final long HAND_OVER_NANOS = 50_000;

    private final Kernel kernel;
    private final Scheduler scheduler;
    private final SyscallDispatch dispatch;
    private final ProcessorExceptions exceptions;
    private final CpuQuota quota;
    private final Vcpu vcpu;
    private final Registers registers;
    private final LoadedTask loaded;
    private final Condition wakeUp;
    private final Posting posting;
    private final Profile.@Nullable Lane profile;

    // What only holds between this thread and this vCPU: a thawed processor begins without.
    private transient boolean hasThread;
    private transient boolean idle;
    private transient boolean inGuest;
    private transient @Nullable Task current;

    private transient long sliceStart;

    /** How often a program left the guest here; membarrier(2) waits for that. */
    private long passes;

    /** How many of these were for an exception. */
    private long faults;

    /** Until when time was accounted. */
    private transient long mark;

    private long userNanos;
    private long systemNanos;
    private final ThreadTime hostTime = new ThreadTime();

    public Processor(Kernel kernel, Vcpu vcpu) {
        this.kernel = kernel;
        this.scheduler = kernel.scheduler();
        this.dispatch = kernel.dispatch();
        this.vcpu = vcpu;
        this.registers = vcpu.registers();
        this.loaded = new LoadedTask(vcpu);
        this.exceptions = new ProcessorExceptions(vcpu);
        this.quota = kernel.quota();
        this.wakeUp = kernel.lock().newCondition();
        OwnAnswers ownAnswers = new OwnAnswers(kernel, scheduler);
        this.posting = new Posting(vcpu, scheduler.callServer(), kernel.postedSites(), ownAnswers);
        Profile counts = kernel.profile();
        this.profile = counts == null ? null : counts.lane();
        scheduler.add(this);
    }

    public int index() {
        return vcpu.index();
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    /** Time it spent in the guest, in nanoseconds. */
    public long userNanos() {
        return userNanos;
    }

    /**
     * Processor time of the host that it used, in nanoseconds. On a loaded host that is less than
     * its user and system time, in which it also waits for the host.
     */
    public long hostNanos() {
        return hostTime.nanos();
    }

    /** Time it spent for tasks up to now, in nanoseconds. */
    public long busyNanos() {
        long unaccounted = current == null ? 0 : System.nanoTime() - mark;
        return userNanos + systemNanos + unaccounted;
    }

    /** Time it spent in the kernel for tasks, in nanoseconds. */
    public long systemNanos() {
        return systemNanos;
    }

    @Nullable Task current() {
        return current;
    }

    /** Whether a program of that address space has the processor now. */
    public boolean isRunning(long pageTableRoot) {
        return current != null && loaded.hasPageTables(pageTableRoot);
    }

    /** Whether any program has the processor now. */
    public boolean isRunning() {
        return current != null;
    }

    public long passes() {
        return passes;
    }

    /** How often a program left the guest here because of an exception. */
    public long faults() {
        return faults;
    }

    /** Until when the current task's time is in its counters. */
    long accountedUntil() {
        return mark;
    }

    Posting posting() {
        return posting;
    }

    boolean isInGuest() {
        return inGuest;
    }

    void kick() {
        if (current != null) {
            vcpu.kick();
        }
    }

    ExtendedRegisters extended() {
        return loaded.extended();
    }

    boolean mayRun(Task task) {
        return (task.scheduling().affinity() & 1L << index()) != 0;
    }

    boolean hasThread() {
        return hasThread;
    }

    /** Has the thread see that the instance ended. */
    void stop() {
        kick();
        if (hasThread) {
            idle = false;
            wakeUp.signal();
        }
    }

    /** Has the current task, if there is one, pass through the kernel soon. */
    public void kickIfRunning() {
        kick();
    }

    /** The same, and leave its restartable sequence. */
    public void interruptIfRunning() {
        Task task = current;
        if (task != null) {
            RestartableSequence.interrupted(task);
            vcpu.kick();
        }
    }

    void kickIfSliceEnded(long now) {
        if (current != null && now - sliceStart >= Scheduler.SLICE_NANOS) {
            vcpu.kick();
        }
    }

    /** Whether it has a task that came a moment ago, and did not stay for long before. */
    boolean isTakingTurns(long now) {
        Task task = current;
        return task != null && !task.run.hadLongTurn && now - sliceStart < Scheduler.TURN_NANOS;
    }

    /** Wakes the processor if it has nothing to do; false where it is busy. */
    boolean startIfIdle() {
        if (!hasThread) {
            // Only then it has a thread: an end of the instance waits for all there are.
            kernel.host().startCarrier("vcpu-" + index(), this::loop);
            hasThread = true;
            return true;
        }
        if (idle) {
            idle = false;
            wakeUp.signal();
            return true;
        }
        return false;
    }

    private void loop() {
        kernel.lock().lock();
        try {
            hostTime.begin(kernel.host().threadClock());
            mark = System.nanoTime();
            while (!kernel.hasEnded()) {
                Task task = scheduler.next(this);
                if (task != null) {
                    run(task);
                    if (task.yields()) {
                        letOthersIn();
                    }
                } else if (!awaitWork()) {
                    break;
                }
            }
        } catch (RuntimeException | Error problem) {
            // The guard around the whole kernel: a bug in it ends this instance only.
            kernel.failed(problem);
        } finally {
            current = null;
            idle = false;
            hasThread = false;
            hostTime.end();
            kernel.processorStopped();
            kernel.lock().unlock();
        }
    }

    /**
     * Gives up the lock until one of those that wait for it has it. It is not fair: without waiting
     * for that, this thread would mostly have it again before they wake up.
     */
    private void letOthersIn() {
        ReentrantLock lock = kernel.lock();
        if (quota.isLimited() && quota.remaining(mark) <= 0) {
            awaitQuota();
        }
        if (lock.hasQueuedThreads()) {
            lock.unlock();
            try {
                for (int i = 0; i < HAND_OVER_TRIES && !lock.isLocked(); i++) {
                    LockSupport.parkNanos(HAND_OVER_NANOS);
                }
            } finally {
                lock.lock();
            }
            mark = System.nanoTime();
        }
    }

    /** Waits for a task; false when there was none for so long that the thread should end. */
    private boolean awaitWork() {
        long until = System.nanoTime() + LINGER_NANOS;
        idle = true;
        try {
            while (idle && !kernel.hasEnded()) {
                long next = kernel.timers().runExpired();
                if (scheduler.hasWork(this)) {
                    break;
                }
                if (scheduler.hasBoundTasks()) {
                    scheduler.notifyProcessors();
                }
                long now = System.nanoTime();
                if (now >= until) {
                    return false;
                }
                wakeUp.await(Math.min(until, next) - now, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            idle = false;
            mark = System.nanoTime();
        }
        return true;
    }

    // ---- Running a task

    private void run(Task task) {
        Crowd.comes();
        current = task;
        task.run.state = TaskRun.State.RUNNING;
        task.run.processor = this;
        sliceStart = mark;
        RestartableSequence.interrupted(task);
        try {
            if (task.run.inCall && !dispatch.resume(task)) {
                return;
            }
            while (prepare(task)) {
                Tracee tracee = task.tracee();
                if (tracee != null && Stepping.isCall(task, tracee)) {
                    task.run.loadCall(task.run.registers()[Registers.RAX]);
                    dispatch.call(task, registers);
                } else {
                    enter(task);
                }
                if (task.run.state != TaskRun.State.RUNNING) {
                    return;
                }
            }
        } finally {
            task.run.voluntarySwitches++;
            account(task);
            task.run.hadLongTurn = mark - sliceStart >= Scheduler.TURN_NANOS;
            current = null;
            Crowd.goes();
        }
    }

    /** Does what is to be done before a return to the program; false when it does not return. */
    private boolean prepare(Task task) {
        if (!dispatch.beforeReturn(task)) {
            return false;
        }
        boolean givesWay = task.run.givesWay;
        task.run.givesWay = false;
        if (scheduler.hasBoundTasks() && !mayRun(task)) {
            scheduler.requeue(task);
            return false;
        }
        if (scheduler.hasWork(this) && (givesWay || mark - sliceStart >= Scheduler.SLICE_NANOS)) {
            task.run.involuntarySwitches += givesWay ? 0 : 1;
            scheduler.requeue(task);
            return false;
        }
        if (quota.isLimited() && quota.remaining(mark) <= 0) {
            scheduler.requeue(task);
            awaitQuota();
            return false;
        }
        return true;
    }

    private void awaitQuota() {
        current = null;
        long left = quota.untilNextPeriod(System.nanoTime());
        try {
            while (left > 0 && !kernel.hasEnded()) {
                left = wakeUp.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        mark = System.nanoTime();
    }

    private void enter(Task task) {
        // First, since this may wait, and the root of page tables may change meanwhile.
        scheduler.recyclePageTables();
        if (!loaded.load(task)) {
            // A forged signal frame held a state the processor does not have.
            exceptions.protection(task);
            return;
        }
        scheduler.notifyProcessors();
        if (quota.isLimited()) {
            quota.armKick(mark, this);
        }
        long left = mark;
        long before = System.nanoTime();
        task.run.systemNanos += before - mark;
        systemNanos += before - mark;
        mark = before;
        if (profile != null) {
            profile.done(before);
        }
        // Its tracing may end while it is in the guest.
        Tracee tracee = task.tracee();
        inGuest = true;
        posting.enter(task);
        kernel.lock().unlock();
        Exit exit;
        try {
            exit = vcpu.run();
        } finally {
            kernel.lock().lock();
            inGuest = false;
            scheduler.leftGuest();
        }
        passes++;
        scheduler.processorPassed();
        long after = System.nanoTime();
        posting.leave(exit, before, after);
        scheduler.callServer().answers().left(this);
        task.run.userNanos += after - before;
        userNanos += after - before;
        if (quota.isLimited()) {
            quota.consumed(after - left);
        }
        mark = after;
        if (kernel.hasEnded()) {
            scheduler.requeue(task);
            return;
        }
        InterruptedCalls.Next next = posting.settle(task, exit);
        if (tracee != null) {
            Stepping.end(task, tracee);
            tracee.leftWithoutCall();
        }
        if (profile != null) {
            count(profile, exit);
        }
        switch (next) {
            case NOTHING -> handle(task, exit, tracee);
            case CALL -> makeCall(task);
            case RESUME -> dispatch.resume(task);
            case GO_ON -> {}
            case FORGED -> exceptions.ownOutput(task);
        }
    }

    private void count(Profile.Lane counts, Exit exit) {
        switch (exit) {
            case SYSCALL -> counts.call((int) registers.rax(), mark);
            case EXCEPTION -> counts.exception(vcpu.vector(), mark);
            case KICKED -> counts.kick(mark);
            case FAULT, HALT, SHUTDOWN -> counts.fault(mark);
        }
    }

    private void handle(Task task, Exit exit, @Nullable Tracee tracee) {
        switch (exit) {
            case SYSCALL -> call(task);
            case EXCEPTION -> {
                faults++;
                exceptions.raised(task, tracee);
            }
            case KICKED -> {}
            case FAULT -> exceptions.hostFault(task);
            case HALT, SHUTDOWN ->
                    throw new IllegalStateException("the machine stopped: " + vcpu.faultDetail());
        }
    }

    private void call(Task task) {
        long site = vcpu.syscallSite();
        if (!vcpu.syscallWasPatched()) {
            kernel.callSites().entered(task.space(), site, !scheduler.isAnyInGuest());
        } else if (!kernel.callSites().isRewritten(task.space(), site)) {
            exceptions.ownOutput(task);
            return;
        }
        posting.left(task, site, (int) registers.rax());
        makeCall(task);
    }

    private void makeCall(Task task) {
        Registers from = registers;
        TaskRun run = task.run;
        run.callNumber = (int) from.rax(); // Linux looks at the lower half only
        run.a = from.rdi();
        run.b = from.rsi();
        run.c = from.rdx();
        run.d = from.r10();
        run.e = from.r8();
        run.f = from.r9();
        dispatch.call(task, registers);
    }

    private void account(Task task) {
        long now = System.nanoTime();
        if (profile != null) {
            profile.done(now);
        }
        task.run.systemNanos += now - mark;
        systemNanos += now - mark;
        if (quota.isLimited()) {
            quota.consumed(now - mark);
        }
        mark = now;
    }

    /** The task has ended; nothing of it stays here. */
    void forget(Task task) {
        loaded.forget(task);
    }
}
