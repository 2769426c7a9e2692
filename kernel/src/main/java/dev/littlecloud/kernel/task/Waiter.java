package dev.littlecloud.kernel.task;

import org.jspecify.annotations.Nullable;

/** A place in a {@link WaitQueue}: a blocked task, or a callback such as an epoll registration. */
public abstract class Waiter {
    @Nullable WaitQueue queue;
    @Nullable Waiter previous;
    @Nullable Waiter next;

    /** Poll events this waiter wants to hear of; see {@link PollEvents}. */
    protected int interest = PollEvents.ALL;

    /** Wake-ups stop after the first exclusive waiter that took one. */
    protected boolean exclusive;

    /**
     * Called with the instance lock held when the queue is woken.
     *
     * @return whether the wake-up was used, which ends a wake-up for exclusive waiters
     */
    protected abstract boolean woken(int events);

    public final boolean isQueued() {
        return queue != null;
    }

    public final void unlink() {
        if (queue != null) {
            queue.remove(this);
        }
    }

    /** Leaves the queue, and what this waiter was woken for to the others. */
    public final void handOn(int events) {
        WaitQueue left = queue;
        unlink();
        if (left != null) {
            left.wake(events);
        }
    }
}
