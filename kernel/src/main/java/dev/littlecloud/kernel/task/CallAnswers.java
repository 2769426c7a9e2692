package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.PostedMode;
import dev.littlecloud.kernel.mm.PostedSlot;
import dev.littlecloud.machine.Registers;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of calls that programs post: they are answered, or held while they wait, or left to
 * the way out of the guest. Guarded by the instance lock.
 */
public final class CallAnswers {
    private final Kernel kernel;
    private final Scheduler scheduler;
    private final HeldCall held;

    /** What is told late, by the thread that watches; null while that answers no call. */
    private transient @Nullable LateNews lateNews;

    /** Whether the call that was answered last has to wait. Of the thread that watches. */
    private transient boolean isWaiting;

    private long count;

    CallAnswers(Kernel kernel, Scheduler scheduler, PostedMode mode) {
        this.kernel = kernel;
        this.scheduler = scheduler;
        this.held = new HeldCall(mode == PostedMode.ALWAYS);
    }

    /** How many calls did not leave the guest. */
    public long count() {
        return count;
    }

    /** Takes the call of the program on a processor, unless it was withdrawn. Without the lock. */
    void answer(Processor processor, LateNews news) {
        kernel.lock().lock();
        lateNews = news;
        isWaiting = false;
        try {
            PostedSlot slot = processor.posting().slot();
            Task task = processor.current();
            if (kernel.hasEnded() || slot == null || task == null || !slot.take()) {
                return;
            }
            answer(task, slot, processor);
            scheduler.notifyProcessors();
        } finally {
            lateNews = null;
            kernel.lock().unlock();
        }
        if (isWaiting) {
            // Without the lock, and when the program may leave meanwhile: this takes a while.
            news.tell();
        }
    }

    /**
     * Runs what tells the outside of something that a program did: at once, or a moment later when
     * the program goes on with calls that are answered here.
     */
    public void soon(Runnable news) {
        LateNews late = lateNews();
        if (late == null) {
            news.run();
        } else {
            late.add(news);
        }
    }

    /** Whether {@link #soon} would wait with what it is given. */
    public boolean isToldLater() {
        return lateNews() != null;
    }

    private @Nullable LateNews lateNews() {
        return kernel.lock().isHeldByCurrentThread() ? lateNews : null;
    }

    private void answer(Task task, PostedSlot slot, Processor processor) {
        TaskRun run = task.run;
        int number = (int) slot.number();
        if (!PostedNumbers.contains(number)
                || run.inCall
                || task.seccomp() != null
                || task.tracee() != null
                || mustLeave(task)) {
            slot.refuse();
            return;
        }
        run.callNumber = number;
        run.a = slot.argument(0);
        run.b = slot.argument(1);
        run.c = slot.argument(2);
        run.d = slot.argument(3);
        run.e = slot.argument(4);
        run.f = slot.argument(5);
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
            isWaiting = true;
            if (held.isWorthwhile() && mayHold(task, processor)) {
                held.begin(processor, task);
            } else {
                // The task leaves the guest, and the call goes on there as one that was woken.
                slot.refuse();
            }
            return;
        }
        run.live = live;
        answerWith(result, task, slot);
    }

    private void answerWith(long result, Task task, PostedSlot slot) {
        count++;
        task.space().posted().answered();
        if (mustLeave(task)) {
            slot.answerOutside(result);
        } else {
            slot.masks(task.signals().mask());
            slot.answer(result);
        }
    }

    // ---- Calls that wait while their programs stay in the guest

    private boolean mayHold(Task task, Processor processor) {
        return !task.yields() && !mustLeave(task) && !scheduler.hasWork(processor);
    }

    /** Something happened that a task waits for that runs; whether it waits in the guest. */
    boolean wake(Task task) {
        return held.wake(task);
    }

    /** Whether a program waits in the guest. Needs no lock. */
    boolean areHeld() {
        return held.isHeld();
    }

    /** A processor has left the guest: a call that is held goes on there as one that was woken. */
    void left(Processor processor) {
        if (held.processor() == processor) {
            held.end();
        }
    }

    /** Answers what is held if it was woken, and has it leave where another task needs its place. */
    void lookAtHeld() {
        Processor processor = held.processor();
        if (processor != null && (held.isWoken() || scheduler.hasWork(processor))) {
            goOn(processor);
        }
    }

    /** Has a program leave that has waited for long enough. Without the lock. */
    void endHeld() {
        if (!held.isDue()) {
            return;
        }
        kernel.lock().lock();
        try {
            if (!kernel.hasEnded() && held.isDue()) {
                refuseHeld();
            }
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Has the program leave whose call is held. */
    void refuseHeld() {
        Processor processor = held.processor();
        if (processor != null) {
            held.end();
            PostedSlot slot = processor.posting().slot();
            if (slot != null) {
                slot.refuse();
            }
        }
    }

    private void goOn(Processor processor) {
        Task task = held.task();
        PostedSlot slot = processor.posting().slot();
        if (!held.isWoken() || task == null || slot == null || !mayHold(task, processor)) {
            refuseHeld();
            return;
        }
        held.end();
        Profile profile = kernel.profile();
        long before = profile == null ? 0 : System.nanoTime();
        long result = kernel.dispatch().resumeFromGuest(task);
        if (profile != null) {
            profile.posted((int) task.run.callNumber, System.nanoTime() - before);
        }
        if (result == Task.BLOCK) {
            slot.refuse();
            return;
        }
        task.run.live = processor.vcpu().registers();
        answerWith(result, task, slot);
    }

    /** Whether something is to be done before the task goes on with its program. */
    private static boolean mustLeave(Task task) {
        return TaskExit.isDue(task)
                || task.signals().isDeliverable()
                || task.group().isStopped()
                || task.run.givesWay;
    }
}
