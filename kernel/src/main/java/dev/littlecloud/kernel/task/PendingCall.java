package dev.littlecloud.kernel.task;

/**
 * What a blocked call keeps between its runs, where looking at the world again does not tell it
 * (a futex waiter that was woken, say).
 */
public interface PendingCall {
    /** The call ends without running again: a signal or the task's end. Undo what is registered. */
    void cancel(Task task);
}
