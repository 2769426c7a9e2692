package dev.littlecloud.kernel.task;

/** A blocked task's place in a wait queue. */
final class TaskWaiter extends Waiter {
    private final Task task;

    TaskWaiter(Task task) {
        this.task = task;
    }

    void listen(int events, boolean once) {
        // Errors and hang-ups end any wait; poll(2).
        interest = events | PollEvents.ERR | PollEvents.HUP | PollEvents.NVAL;
        exclusive = once;
    }

    @Override
    protected boolean woken(int events) {
        return task.kernel().scheduler().wake(task);
    }
}
