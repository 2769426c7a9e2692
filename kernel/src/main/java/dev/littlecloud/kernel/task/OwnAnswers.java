package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.ActionTable;
import dev.littlecloud.kernel.mm.PostedCalls;
import dev.littlecloud.kernel.mm.PostedSlot;
import dev.littlecloud.kernel.signal.SignalActions;

/**
 * Says to threads that enter the guest which calls they may answer themselves: their process's
 * number, what it does on signals, which signals they block, and that nobody waits for their
 * processor. Guarded by the instance lock.
 */
final class OwnAnswers {
    private final Kernel kernel;
    private final Scheduler scheduler;

    OwnAnswers(Kernel kernel, Scheduler scheduler) {
        this.kernel = kernel;
        this.scheduler = scheduler;
    }

    /** A task is about to enter the guest. */
    void enters(PostedSlot slot, Task task) {
        PostedCalls posted = task.space().posted();
        ActionTable table = posted.answers().actions();
        if (table == null || task.seccomp() != null || kernel.dispatch().isObserved()) {
            return;
        }
        SignalActions actions = task.group().actions();
        if (!table.isOf(actions) && !posted.areActionsInUse()) {
            actions.publish(table);
        }
        int process = task.group().pid();
        boolean isAlone = !scheduler.hasWaiting();
        slot.answers(process, task.signals().mask(), table.isOf(actions), isAlone);
    }
}
