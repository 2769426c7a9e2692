package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.PostedMode;
import dev.littlecloud.kernel.mm.PostedSlot;
import dev.littlecloud.kernel.time.TimerQueue;
import dev.littlecloud.machine.GuestMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Gives tasks processors. A task is data; a processor is a vCPU with a carrier thread while there is
 * work, and without one when the instance is idle. Guarded by the instance lock.
 */
public final class Scheduler {
    /** How long a task runs while others wait. */
    static final long SLICE_NANOS = 3_000_000;

    /** A task that goes on for so long, or did so the last time, leaves its processor to no one soon. */
    static final long TURN_NANOS = 1_000_000;

    private final Kernel kernel;
    private final List<Processor> processors = new ArrayList<>();
    private final ArrayDeque<Task> queue = new ArrayDeque<>();
    private final List<Task> stopped = new ArrayList<>();
    private final WaitQueue passed = new WaitQueue();
    private final CallServer callServer;
    private final LoadAverages loadAverages;
    private final TimerQueue.Timer sliceEnd =
            new TimerQueue.Timer() {
                @Override
                protected void expired() {
                    sliceEnded();
                }
            };

    /** Signalled when page tables were recycled, which processors outside the guest wait for. */
    private final Condition recycled;

    private transient boolean recycling;

    /** Whether a processor was kept back since the thread that answers calls asked last. */
    private transient boolean hasKeptBack;

    /** Whether some task may not run on every processor; most instances never have one. */
    private boolean anyBound;

    public Scheduler(Kernel kernel, PostedMode posted) {
        this.kernel = kernel;
        this.recycled = kernel.lock().newCondition();
        this.callServer = new CallServer(kernel, this, posted);
        this.loadAverages = new LoadAverages(kernel);
    }

    public LoadAverages loadAverages() {
        return loadAverages;
    }

    /** Answers calls of tasks that stay in the guest. */
    public CallServer callServer() {
        return callServer;
    }

    /**
     * Makes the page tables of ended processes usable again once there are many. For that no
     * processor may be in the guest: those that are there are called out, and those that come here
     * wait for the last of them.
     */
    void recyclePageTables() {
        GuestMemory memory = kernel.guestMemory();
        while (memory.wantsPageTableRecycling() && !kernel.hasEnded()) {
            if (!isAnyInGuest()) {
                memory.recyclePageTables();
                recycling = false;
                recycled.signalAll();
                return;
            }
            for (Processor processor : processors) {
                if (processor.isInGuest()) {
                    processor.kick();
                }
            }
            recycling = true;
            recycled.awaitUninterruptibly();
        }
    }

    /** A processor has left the guest: whoever waits to recycle page tables looks again. */
    void leftGuest() {
        if (recycling) {
            recycled.signalAll();
        }
    }

    /** Whether any processor may use page tables now. */
    boolean isAnyInGuest() {
        for (Processor processor : processors) {
            if (processor.isInGuest()) {
                return true;
            }
        }
        return false;
    }

    /** Whether any processor may use these page tables now. */
    public boolean isInGuest(long pageTableRoot) {
        for (Processor processor : processors) {
            if (processor.isInGuest() && processor.isRunning(pageTableRoot)) {
                return true;
            }
        }
        return false;
    }

    void add(Processor processor) {
        processors.add(processor);
    }

    public List<Processor> processors() {
        return processors;
    }

    /** Tasks that wait for a processor or have one, for /proc/loadavg. */
    public int runnable() {
        int running = 0;
        for (Processor processor : processors) {
            running += processor.current() != null ? 1 : 0;
        }
        return running + queue.size();
    }

    /** Woken each time a program has left the guest; for membarrier(2). */
    public WaitQueue passed() {
        return passed;
    }

    void processorPassed() {
        if (!passed.isEmpty()) {
            passed.wakeAll();
        }
    }

    /** Lets a new task run for the first time. */
    public void start(Task task) {
        enqueue(task);
    }

    /** Ends a blocked task's wait, whose call then runs again; false where it was not blocked. */
    boolean wake(Task task) {
        if (task.run.state != TaskRun.State.BLOCKED) {
            return callServer.answers().wake(task);
        }
        kernel.timers().disarm(task.run.deadline);
        enqueue(task);
        return true;
    }

    /** Has a task look at its signals and its end now. */
    public void interrupt(Task task) {
        switch (task.run.state) {
            case BLOCKED -> wake(task);
            case RUNNING -> {
                Processor on = task.run.processor;
                if (on != null) {
                    on.kick();
                }
            }
            case TRACED -> {
                if (TaskExit.isDue(task)) {
                    enqueue(task);
                }
            }
            case NEW, RUNNABLE, STOPPED, DEAD -> {}
        }
    }

    /** Has a task that runs pass through the kernel. */
    public void interruptIfRunning(Task task) {
        Processor on = task.run.processor;
        if (task.run.state == TaskRun.State.RUNNING && on != null) {
            on.kick();
        }
    }

    /** A task stops for its tracer. */
    public void halt(Task task) {
        task.run.state = TaskRun.State.TRACED;
    }

    /** A task has stopped for its tracer for long enough. */
    public void goOn(Task task) {
        if (task.run.state == TaskRun.State.TRACED) {
            enqueue(task);
            notifyProcessors();
        }
    }

    private void enqueue(Task task) {
        if (queue.isEmpty()) {
            tellOthersWait();
        }
        task.run.state = TaskRun.State.RUNNABLE;
        task.run.hadItsTurn = false;
        task.run.wasPassedOver = false;
        queue.addLast(task);
        task.group().threadStarts();
    }

    /** Programs that yield their processor have somebody to yield it to. */
    private void tellOthersWait() {
        for (Processor processor : processors) {
            PostedSlot slot = processor.posting().slot();
            if (slot != null) {
                slot.othersWait();
            }
        }
    }

    /** Whether any task waits for a processor. */
    public boolean hasWaiting() {
        return !queue.isEmpty();
    }

    /** Puts a task that used up its slice, or gives way, at the end. */
    void requeue(Task task) {
        enqueue(task);
        task.run.hadItsTurn = true;
    }

    /** A stopped task waits here for SIGCONT or its end. */
    void park(Task task) {
        task.run.state = TaskRun.State.STOPPED;
        stopped.add(task);
    }

    /** A stopped task looks again at what it is stopped for. */
    public void unpark(Task task) {
        if (stopped.remove(task)) {
            enqueue(task);
            notifyProcessors();
        }
    }

    /** The process was continued or ends: its stopped threads run again. */
    void resumeStopped(ThreadGroup group) {
        for (int i = stopped.size() - 1; i >= 0; i--) {
            if (stopped.get(i).group() == group) {
                enqueue(stopped.remove(i));
            }
        }
        notifyProcessors();
    }

    /** Puts a task to sleep in its call. */
    void sleep(Task task) {
        task.run.state = TaskRun.State.BLOCKED;
        if (task.deadline() != Task.FOREVER) {
            kernel.timers().arm(task.run.deadline, task.deadline());
        }
    }

    /** Whether a task waits that a processor should run. */
    boolean hasWork(Processor processor) {
        if (isKeptBack(processor)) {
            return false;
        }
        if (!anyBound || queue.isEmpty()) {
            return !queue.isEmpty();
        }
        for (Task task : queue) {
            if (processor.mayRun(task)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some task may not run on every processor. */
    boolean hasBoundTasks() {
        return anyBound;
    }

    /**
     * Lets a task run on these processors only, a bit each; sched_setaffinity(2).
     *
     * @return false while it still runs on another one, until that is {@link #passed}
     */
    public boolean bind(Task task, long allowed) {
        task.scheduling().affinity(allowed);
        for (Processor processor : processors) {
            anyBound |= !processor.mayRun(task);
        }
        Processor on = task.run.processor;
        if (task.run.state != TaskRun.State.RUNNING || on == null || on.mayRun(task)) {
            return true;
        }
        on.kick();
        return false;
    }

    /**
     * The next task for a processor: one that ran there before if it is near the front. It goes
     * before the first only once, and not where it has just left the processor to others: else the
     * first might wait for as long as the others run.
     */
    @Nullable Task next(Processor processor) {
        if (isKeptBack(processor)) {
            // It may be that nothing else has it look again.
            armSliceEnd();
            return null;
        }
        if (anyBound) {
            return nextAllowed(processor);
        }
        Task first = queue.peekFirst();
        if (first == null || first.run.wasPassedOver || queue.size() == 1) {
            return queue.pollFirst();
        }
        int looked = 0;
        for (Task candidate : queue) {
            if (candidate.run.extendedOn == processor.extended() && !candidate.run.hadItsTurn) {
                queue.remove(candidate);
                first.run.wasPassedOver = true;
                return candidate;
            }
            if (++looked == processors.size()) {
                break;
            }
        }
        return queue.pollFirst();
    }

    /**
     * Whether a processor had better have none of the tasks that wait: it would take the host's last
     * one from the thread that answers calls, while another processor's tasks make calls and soon
     * block, and so come to all that wait. Two that both leave the guest for each call are slower
     * than that one.
     */
    private boolean isKeptBack(Processor processor) {
        if (processors.size() == 1
                || queue.isEmpty()
                || anyBound
                || processor.isRunning()
                || !callServer.needsItsProcessor()) {
            return false;
        }
        long now = System.nanoTime();
        for (Processor other : processors) {
            if (other.isTakingTurns(now)) {
                hasKeptBack = true;
                return true;
            }
        }
        return false;
    }

    /** Whether a processor was kept back since this was asked last. */
    boolean hasKeptBack() {
        boolean was = hasKeptBack;
        hasKeptBack = false;
        return was;
    }

    private @Nullable Task nextAllowed(Processor processor) {
        for (Task task : queue) {
            if (processor.mayRun(task)) {
                queue.remove(task);
                return task;
            }
        }
        return null;
    }

    /**
     * Sees that waiting tasks get idle processors. Called before the lock is given up, and not for
     * each wake-up: a task that wakes another and then blocks hands over its own processor.
     */
    public void notifyProcessors() {
        callServer.answers().lookAtHeld();
        if (!queue.isEmpty() && !kernel.hasEnded() && !startIdleProcessors()) {
            armSliceEnd();
        }
    }

    /** Starts processors for tasks that wait; false where some have to wait on. */
    private boolean startIdleProcessors() {
        int waiting = queue.size();
        for (Processor processor : processors) {
            if (hasWork(processor) && processor.startIfIdle() && --waiting == 0) {
                return true;
            }
        }
        return false;
    }

    /** Sees that tasks which wait get a processor, or part of one's time. */
    private void armSliceEnd() {
        if (!sliceEnd.isArmed()) {
            kernel.timers().armIn(sliceEnd, SLICE_NANOS);
        }
    }

    private void sliceEnded() {
        if (queue.isEmpty() || kernel.hasEnded()) {
            return;
        }
        // Some may have been kept back until now.
        if (!startIdleProcessors()) {
            long now = System.nanoTime();
            for (Processor processor : processors) {
                processor.kickIfSliceEnded(now);
            }
        }
        armSliceEnd();
    }

    /** Whether no task can run, so that the instance waits for something from outside or for time. */
    public boolean isQuiet() {
        return runnable() == 0;
    }

    /** Brings all that processors hold of tasks into the tasks' own state. */
    public void store() {
        for (Processor processor : processors) {
            processor.extended().store();
        }
    }

    /** Whether any thread runs for the instance. */
    public boolean hasThreads() {
        if (callServer.hasThread()) {
            return true;
        }
        for (Processor processor : processors) {
            if (processor.hasThread()) {
                return true;
            }
        }
        return false;
    }

    /** Has all processors leave the guest and end their threads. */
    public void stopAll() {
        for (Processor processor : processors) {
            processor.stop();
        }
        callServer.stop();
    }
}
