package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.PostedCalls;
import dev.littlecloud.kernel.mm.PostedMode;
import dev.littlecloud.machine.Registers;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;

/**
 * Answers system calls of programs that stay in the guest, where leaving it is dear: a thread beside
 * those of the processors, which watches where calls are posted while that costs less than the exits
 * it saves, and otherwise waits or ends. Guarded by the instance lock, which is not held while it
 * watches.
 */
public final class CallServer {
    /** Where leaving the guest takes less, there is nothing to gain. */
    private static final long DEAR_EXIT_NANOS = 15_000;

    /** Each time so long it looks whether watching has paid. */
    private static final long WINDOW_NANOS = 300_000;

    /** How long it does not watch after it did in vain; each time twice as long. */
    private static final long PAUSE_NANOS = 1_000_000;

    private static final long MAX_PAUSE_NANOS = 256_000_000;

    /** How long the thread stays when it has nothing to watch. */
    private static final long LINGER_NANOS = 100_000_000;

    /**
     * For how long it watches an instance that goes on as long as any of its programs runs, since
     * there it saves time that somebody waits for.
     */
    private static final long WAKE_NANOS = 10_000_000;

    /** For how long it watches where none of them has begun to run yet. */
    private static final long EXPECTATION_NANOS = 2_000_000;

    /** Looks at the clock once in so many looks at the slots. */
    private static final int LOOKS = 64;

    /** Watching takes a processor of the host: as many may at once as leave one for programs each. */
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static final Semaphore SPARE = new Semaphore(PROCESSORS / 2);

    /** About how long a program waits for its call to be taken. */
    private static final long WAIT_NANOS = 20_000;

    private final Kernel kernel;
    private final Scheduler scheduler;
    private final PostedMode mode;
    private final Condition wakeUp;

    // What only holds between this thread and the machine: a thawed instance begins without.
    private transient boolean hasThread;
    private transient boolean isIdle;
    private transient boolean isWatching;
    private transient boolean isWanted;
    private transient boolean hasPause;
    private transient long pausedAt;
    private transient long pause;

    /** The instance goes on, and its programs have not come to rest since. */
    private transient boolean isWaking;

    private transient long wokenAt;
    private transient long answeredBefore;

    /** Calls answered since it was asked last whether that has paid. */
    private transient int answered;

    /** Calls that left the guest all the same, after their programs had waited for nothing. */
    private transient int missed;

    private long watchedNanos;
    private long answeredInAll;

    CallServer(Kernel kernel, Scheduler scheduler, PostedMode mode) {
        this.kernel = kernel;
        this.scheduler = scheduler;
        this.mode = mode;
        this.wakeUp = kernel.lock().newCondition();
    }

    /** Whether calls are ever answered in this way: it takes a second processor of the host. */
    private boolean isPossible() {
        return mode != PostedMode.NEVER && PROCESSORS > 1 && !kernel.quota().isLimited();
    }

    /** Whether calls should be answered in this way. */
    boolean paysOff() {
        return isPossible() && (mode == PostedMode.ALWAYS || ExitCost.nanos() >= DEAR_EXIT_NANOS);
    }

    boolean hasThread() {
        return hasThread;
    }

    /** Processor time it spent watching and answering, in nanoseconds. */
    public long watchedNanos() {
        return watchedNanos;
    }

    /** How many calls did not leave the guest. */
    public long answered() {
        return answeredInAll;
    }

    /** A call left the guest that might have been answered there. */
    void want() {
        if (isWatching) {
            missed++;
            return;
        }
        if (!isPossible() || isPausing(System.nanoTime())) {
            return;
        }
        isWanted = true;
        if (!hasThread) {
            kernel.host().startCarrier("calls", this::loop);
            hasThread = true;
        } else if (isIdle) {
            isIdle = false;
            wakeUp.signal();
        }
    }

    /** The instance goes on after it stood still: what its programs do first is watched. */
    public void expect() {
        if (paysOff() && hasSites()) {
            isWaking = true;
            answeredBefore = answeredInAll;
            wokenAt = System.nanoTime();
            want();
        }
    }

    private boolean hasSites() {
        for (Task task : kernel.tasks().tasks()) {
            if (!task.space().posted().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether programs that were woken have not come to rest yet. */
    private boolean isWaking() {
        long awake = System.nanoTime() - wokenAt;
        boolean mayCome = answeredInAll == answeredBefore && awake < EXPECTATION_NANOS;
        isWaking &= awake < WAKE_NANOS && (mayCome || !scheduler.isQuiet());
        return isWaking;
    }

    private boolean isPausing(long now) {
        return hasPause && mode != PostedMode.ALWAYS && now - pausedAt < pause;
    }

    /** The instance ends. */
    void stop() {
        if (isIdle) {
            isIdle = false;
            wakeUp.signal();
        }
    }

    /** Before a task enters the guest: says to it whether its calls are watched. */
    void enters(PostedCalls calls, Task task) {
        calls.watched(isWatching && task.seccomp() == null);
    }

    private void loop() {
        kernel.lock().lock();
        try {
            while (!kernel.hasEnded()) {
                if (isWanted) {
                    isWanted = false;
                    serve();
                } else if (!awaitWish()) {
                    break;
                }
            }
        } catch (RuntimeException | Error problem) {
            // The guard around the whole kernel: a bug in it ends this instance only.
            kernel.failed(problem);
        } finally {
            isIdle = false;
            hasThread = false;
            kernel.processorStopped();
            kernel.lock().unlock();
        }
    }

    private boolean awaitWish() {
        long left = LINGER_NANOS;
        isIdle = true;
        try {
            while (isIdle && left > 0) {
                left = wakeUp.awaitNanos(left);
            }
            return !isIdle;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            isIdle = false;
        }
    }

    private void serve() {
        if (!SPARE.tryAcquire()) {
            rest();
            return;
        }
        isWatching = true;
        answered = 0;
        long windows = 0;
        try {
            tellAll();
            while (watch()) {
                windows++;
            }
        } finally {
            SPARE.release();
            isWatching = false;
            tellAll();
        }
        if (windows == 0) {
            rest();
        } else {
            hasPause = false;
        }
    }

    private void rest() {
        pause = hasPause ? Math.min(pause * 2, MAX_PAUSE_NANOS) : PAUSE_NANOS;
        hasPause = true;
        pausedAt = System.nanoTime();
    }

    private void tellAll() {
        for (Processor processor : scheduler.processors()) {
            PostedCalls calls = processor.posting().calls();
            Task task = processor.current();
            if (calls != null && task != null) {
                enters(calls, task);
            }
        }
    }

    /** Watches for some time, without the lock; whether that has paid. */
    private boolean watch() {
        long begin = kernel.host().threadNanos();
        long opened = System.nanoTime();
        MemorySegment ram = kernel.guestMemory().ram();
        Processor[] processors = scheduler.processors().toArray(Processor[]::new);
        kernel.lock().unlock();
        try {
            int looks = 0;
            while (looks < LOOKS || System.nanoTime() - opened < WINDOW_NANOS) {
                looks = looks < LOOKS ? looks + 1 : 0;
                for (Processor processor : processors) {
                    long slot = processor.posting().slot();
                    if (slot != 0 && PostedCalls.isPosted(ram, slot - 1)) {
                        answer(processor);
                    }
                }
                Thread.onSpinWait();
            }
        } finally {
            kernel.lock().lock();
        }
        long spent = kernel.host().threadNanos() - begin;
        boolean isSpare = spent * 20 >= (System.nanoTime() - opened) * 19;
        watchedNanos += spent;
        long saved = answered * ExitCost.nanos() - missed * WAIT_NANOS;
        answered = 0;
        missed = 0;
        // A processor that nobody else wants is worth half.
        boolean hasPaid = saved >= (isSpare ? spent / 2 : spent);
        return !kernel.hasEnded() && (hasPaid || (isSpare && isWaking()));
    }

    private void answer(Processor processor) {
        kernel.lock().lock();
        try {
            PostedCalls calls = processor.posting().calls();
            Task task = processor.current();
            if (kernel.hasEnded() || calls == null || task == null || !calls.take()) {
                return;
            }
            answer(task, calls, processor);
            scheduler.notifyProcessors();
        } finally {
            kernel.lock().unlock();
        }
    }

    private void answer(Task task, PostedCalls calls, Processor processor) {
        TaskRun run = task.run;
        int number = (int) calls.number();
        if (!PostedNumbers.contains(number)
                || run.inCall
                || task.seccomp() != null
                || mustLeave(task)
                || !isAlone(task, processor)) {
            calls.refuse();
            return;
        }
        run.callNumber = number;
        run.a = calls.argument(0);
        run.b = calls.argument(1);
        run.c = calls.argument(2);
        run.d = calls.argument(3);
        run.e = calls.argument(4);
        run.f = calls.argument(5);
        // The processor's registers are in use: nobody may read them, or they would be loaded
        // again.
        Registers live = run.live;
        run.live = null;
        Profile profile = kernel.profile();
        long before = profile == null ? 0 : System.nanoTime();
        long result = kernel.dispatch().callFromGuest(task);
        if (profile != null) {
            profile.posted(number, System.nanoTime() - before);
        }
        if (result == Task.BLOCK) {
            // The task leaves the guest, and the call goes on there as one that was woken.
            calls.refuse();
            return;
        }
        run.live = live;
        answered++;
        answeredInAll++;
        if (mustLeave(task)) {
            calls.answerOutside(result);
        } else {
            calls.answer(result);
        }
    }

    /** Whether something is to be done before the task goes on with its program. */
    private static boolean mustLeave(Task task) {
        return TaskExit.isDue(task)
                || task.signals().isDeliverable()
                || task.group().isStopped()
                || task.run.givesWay;
    }

    /** Whether no other processor runs the same program: then a call is this one's. */
    private boolean isAlone(Task task, Processor self) {
        for (Processor other : scheduler.processors()) {
            Task running = other.current();
            if (other != self && running != null && running.space() == task.space()) {
                return false;
            }
        }
        return true;
    }
}
