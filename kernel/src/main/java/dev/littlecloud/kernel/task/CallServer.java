package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.CallHistory;
import dev.littlecloud.kernel.mm.CallLog;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.PostedMode;
import dev.littlecloud.kernel.mm.PostedSlot;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

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

    /**
     * What it may cost in vain before it rests. A first try takes some: until the JVM has compiled
     * what answers calls, that takes longer than leaving the guest for them.
     */
    private static final long CREDIT_NANOS = 3_000_000;

    /** How long it does not watch after it did in vain; each time twice as long. */
    private static final long PAUSE_NANOS = 1_000_000;

    private static final long MAX_PAUSE_NANOS = 256_000_000;

    /** For fewer calls a process needs no copies of page tables and of pages with call sites. */
    private static final int MANY_CALLS = 256;

    /** However many calls are expected, watching for them may cost so much. */
    private static final long MOST_WORTH_NANOS = 100_000_000;

    /** How long the thread stays when it has nothing to watch. */
    private static final long LINGER_NANOS = 100_000_000;

    /**
     * For how long it watches an instance that goes on as long as any of its programs runs, since
     * there it saves time that somebody waits for. Only then it looks for events, too: whoever did so
     * before has to be woken for that, and takes a processor from programs that soon come to rest.
     */
    private static final long WAKE_NANOS = 10_000_000;

    /** For how long it watches where none of them has begun to run yet. */
    private static final long EXPECTATION_NANOS = 2_000_000;

    /**
     * How often it looks for what the host has for instances, while it does so for the process.
     * Programs that post calls meanwhile wait in vain, so it is not often while they do.
     */
    private static final long EVENTS_NANOS = 30_000;

    /** The same while no program goes on. */
    private static final long AWAITED_EVENTS_NANOS = 10_000;

    /** Looks at the clock once in so many looks at the slots. */
    private static final int LOOKS = 64;

    /** After so many looks at which nobody was in the guest, some 0.1 ms, it naps between them. */
    private static final int PATIENCE = 2_000;

    /**
     * Whoever has work for programs may need this processor. To yield it would be worse: Linux has a
     * thread that yields wait until others have had what it gave up, milliseconds each time.
     */
    private static final long NAP_NANOS = 10_000;

    /** Watching takes a processor of the host: as many may at once as leave one for programs each. */
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static final Semaphore SPARE = new Semaphore(PROCESSORS / 2);

    /** About how long a program waits for its call to be taken. */
    private static final long WAIT_NANOS = 80_000;

    private final Kernel kernel;
    private final Scheduler scheduler;
    private final PostedMode mode;
    private final Condition wakeUp;
    private final CallAnswers answers;

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

    /** Calls that left the guest all the same, after their programs had waited for nothing. */
    private transient int missed;

    /** The host's processor from which a call last left that might have been answered, or -1. */
    private transient int callersProcessor;

    /** Moves the thread to another processor than a given one. */
    private transient @Nullable IntConsumer mover;

    /** Whether the thread may be on the processor of a program that goes on. */
    private transient boolean isInTheWay;

    /** What watching may still cost in vain. */
    private transient long credit;

    /** A process that makes calls, by what is known of its program; null without any. */
    private transient @Nullable AddressSpace expected;

    /** What watching may cost before they come: what answering them saves. */
    private transient long worth;

    private long watchedNanos;

    CallServer(Kernel kernel, Scheduler scheduler, PostedMode mode) {
        this.kernel = kernel;
        this.scheduler = scheduler;
        this.mode = mode;
        this.wakeUp = kernel.lock().newCondition();
        this.answers = new CallAnswers(kernel, scheduler, mode);
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

    /** What becomes of calls that are posted. */
    public CallAnswers answers() {
        return answers;
    }

    /** A call left the guest that might have been answered there. */
    void want() {
        callersProcessor = kernel.host().processor();
        start();
    }

    private void start() {
        if (isWatching) {
            missed++;
            return;
        }
        // Where as many watch already as may, a hundred instances that go on at once need no
        // thread.
        boolean isAnySpare = SPARE.availablePermits() > 0;
        if (!isPossible() || !isAnySpare || isCrowded() || isPausing(System.nanoTime())) {
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
            answeredBefore = answers.count();
            wokenAt = System.nanoTime();
            callersProcessor = isWatching ? callersProcessor : -1;
            isInTheWay = true;
            start();
        }
    }

    /**
     * A process begins with a program, in an address space that is still empty. Where processes of the
     * program made so many calls that answering them pays, this one is watched from its first one on.
     */
    public void begins(AddressSpace space, PageCache program) {
        CallHistory history = paysOff() ? space.callsOf(program) : null;
        if (history == null) {
            return;
        }
        boolean isWatched = mode == PostedMode.ALWAYS || isWorthWatching(history);
        space.posted().begin(history, isWatched);
        if (isWatched) {
            expected = space;
            worth = Math.min(history.calls() * ExitCost.nanos(), MOST_WORTH_NANOS);
            hasPause = false;
            callersProcessor = kernel.host().processor();
            if (!isWatching) {
                start();
            }
        }
    }

    /** Whether what answering calls saves is more than half of the time that watching takes. */
    private boolean isWorthWatching(CallHistory history) {
        return history.calls() >= MANY_CALLS
                && history.calls() * ExitCost.nanos() > history.nanos() / 2
                && (isWatching || SPARE.availablePermits() > 0)
                && !isCrowded();
    }

    /** The last task of an address space ends. */
    void ends(Task task) {
        CallLog log = task.space().posted().log();
        if (log != null) {
            ThreadGroup group = task.group();
            long busy = ProcessTimes.user(group) + ProcessTimes.system(group);
            log.ended(busy, ExitCost.nanos());
        }
        if (expected == task.space()) {
            expected = null;
            worth = 0;
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
        boolean mayCome = answers.count() == answeredBefore && awake < EXPECTATION_NANOS;
        isWaking &= awake < WAKE_NANOS && (mayCome || !scheduler.isQuiet());
        return isWaking;
    }

    /** Whether programs wait for the processor that watching would take. */
    private boolean isCrowded() {
        return mode != PostedMode.ALWAYS && Crowd.isThere();
    }

    /** Whether another processor with a program would take the host's from this thread. */
    boolean needsItsProcessor() {
        int watching = PROCESSORS / 2 - SPARE.availablePermits();
        return isWatching && Crowd.fills(PROCESSORS - watching);
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
    void enters(PostedSlot slot, Task task) {
        slot.watched(isWatching && task.seccomp() == null && task.tracee() == null);
        if (isWatching && isInTheWay) {
            getOutOfTheWay();
        }
    }

    /**
     * Both threads were woken for the same wake: a scheduler that has put them on one processor leaves
     * them there, and the watching one would get it when there is nothing to be watched any more.
     */
    private void getOutOfTheWay() {
        IntConsumer thread = mover;
        if (thread != null) {
            isInTheWay = false;
            callersProcessor = kernel.host().processor();
            thread.accept(callersProcessor);
        }
    }

    private void loop() {
        kernel.lock().lock();
        try {
            mover = kernel.host().avoider();
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
            mover = null;
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
        missed = 0;
        credit = CREDIT_NANOS;
        long saved = 0;
        boolean hasEvents = false;
        long begun = System.nanoTime();
        Processor[] processors = scheduler.processors().toArray(Processor[]::new);
        LateNews news = new LateNews();
        Runnable meanwhile = () -> answerMeanwhile(processors, news);
        try {
            // Two that wait for each other on one processor would take turns of milliseconds.
            kernel.host().avoid(callersProcessor);
            kernel.lock().beginUrgency();
            tellAll();
            while (credit > 0 && !isCrowded() && !kernel.hasEnded()) {
                long gain = watch(processors, news, meanwhile, hasEvents);
                if (kernel.host().processor() == callersProcessor) {
                    kernel.host().avoid(callersProcessor);
                }
                saved += gain;
                long granted = Math.clamp(-gain, 0, worth);
                worth -= granted;
                credit = Math.min(credit + gain + granted, CREDIT_NANOS);
                hasEvents =
                        hasEvents
                                || (gain > 0
                                        && System.nanoTime() - begun > WAKE_NANOS
                                        && kernel.host().takeOverEvents());
            }
        } finally {
            SPARE.release();
            isWatching = false;
            kernel.lock().endUrgency();
            if (hasEvents) {
                kernel.host().giveBackEvents();
            }
            answers.refuseHeld();
            tellAll();
            kernel.host().avoidNone();
        }
        hasPause &= saved < 0;
        rest();
    }

    private void rest() {
        pause = hasPause ? Math.min(pause * 2, MAX_PAUSE_NANOS) : PAUSE_NANOS;
        hasPause = true;
        pausedAt = System.nanoTime();
    }

    private void tellAll() {
        for (Processor processor : scheduler.processors()) {
            PostedSlot slot = processor.posting().slot();
            Task task = processor.current();
            if (slot != null && task != null) {
                enters(slot, task);
            }
        }
    }

    /** Answers what was posted while this thread does something else. Without the lock. */
    private void answerMeanwhile(Processor[] processors, LateNews news) {
        try {
            for (Processor processor : processors) {
                PostedSlot slot = processor.posting().slot();
                if (slot != null && slot.isPosted()) {
                    answers.answer(processor, news);
                }
            }
        } catch (RuntimeException | Error problem) {
            // Whoever this thread works for meanwhile has nothing to do with it.
            kernel.lock().lock();
            try {
                kernel.failed(problem);
            } finally {
                kernel.lock().unlock();
            }
        }
    }

    /** Watches for some time, without the lock; the nanoseconds that it saved more than it cost. */
    private long watch(
            Processor[] processors, LateNews news, Runnable meanwhile, boolean hasEvents) {
        long before = answers.count();
        long begin = kernel.host().threadNanos();
        long opened = System.nanoTime();
        kernel.lock().unlock();
        try {
            int looks = 0;
            int alone = 0;
            long eventsAt = opened;
            while (true) {
                if (++looks >= LOOKS) {
                    looks = 0;
                    long now = System.nanoTime();
                    if (now - opened >= WINDOW_NANOS) {
                        break;
                    }
                    boolean isAwaited = alone > 0 || answers.areHeld();
                    long between = isAwaited ? AWAITED_EVENTS_NANOS : EVENTS_NANOS;
                    if (hasEvents && now - eventsAt >= between) {
                        kernel.host().lookForEvents(meanwhile);
                        eventsAt = now;
                    }
                }
                boolean isAny = false;
                for (Processor processor : processors) {
                    PostedSlot slot = processor.posting().slot();
                    isAny |= slot != null;
                    if (slot != null && slot.isPosted()) {
                        answers.answer(processor, news);
                        looks = LOOKS;
                    }
                }
                answers.endHeld();
                if (news.isDue()) {
                    news.tellNext();
                }
                alone = isAny ? 0 : alone + 1;
                if (alone < PATIENCE) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(NAP_NANOS);
                    looks = LOOKS;
                }
            }
        } finally {
            news.tell();
            kernel.lock().lock();
        }
        long spent = kernel.host().threadNanos() - begin;
        boolean isSpare = spent * 20 >= (System.nanoTime() - opened) * 19;
        watchedNanos += spent;
        long saved = (answers.count() - before) * ExitCost.nanos() - missed * WAIT_NANOS;
        missed = 0;
        // A processor that nobody else wants is worth half; another program would do less with one
        // that is kept back.
        boolean isHalf = scheduler.hasKeptBack() || isSpare;
        long gain = saved - (isHalf ? spent / 2 : spent);
        return isSpare && isWaking() ? Math.max(gain, 0) : gain;
    }
}
