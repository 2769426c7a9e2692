package dev.littlecloud.kernel.task;

/**
 * What a blocked call keeps between its runs, where looking at the world again does not tell it
 * (a futex waiter that was woken, say).
 */
public interface PendingCall {
    /**
     * A signal handler ends the call before it is done, just before {@link #cancel}: the place to
     * tell the program how far it came (the time that a sleep had left, say). A bad pointer makes
     * the call answer EFAULT.
     */
    default void interrupted(Task task) {}

    /** The call ends without running again: a signal or the task's end. Undo what is registered. */
    void cancel(Task task);
}
