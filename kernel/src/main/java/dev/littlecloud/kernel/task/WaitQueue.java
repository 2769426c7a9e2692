package dev.littlecloud.kernel.task;

import org.jspecify.annotations.Nullable;

/** Tasks and callbacks that wait for one thing. Guarded by the instance lock. */
public final class WaitQueue {
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    public boolean isEmpty() {
        return first == null;
    }

    /** Adds at the end; exclusive waiters therefore come after those already there. */
    public void add(Waiter waiter) {
        if (waiter.queue != null) {
            waiter.queue.remove(waiter);
        }
        waiter.queue = this;
        waiter.previous = last;
        waiter.next = null;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
    }

    public void remove(Waiter waiter) {
        if (waiter.queue != this) {
            return;
        }
        if (waiter.previous == null) {
            first = waiter.next;
        } else {
            waiter.previous.next = waiter.next;
        }
        if (waiter.next == null) {
            last = waiter.previous;
        } else {
            waiter.next.previous = waiter.previous;
        }
        waiter.queue = null;
        waiter.previous = null;
        waiter.next = null;
    }

    /**
     * Wakes every waiter interested in {@code events}, but at most one exclusive one.
     *
     * @return whether any of them used it
     */
    public boolean wake(int events) {
        boolean used = false;
        boolean taken = false;
        Waiter waiter = first;
        while (waiter != null) {
            Waiter following = waiter.next;
            if ((waiter.interest & events) != 0 && !(taken && waiter.exclusive)) {
                boolean exclusive = waiter.exclusive;
                boolean uses = waiter.woken(events);
                used |= uses;
                taken |= uses && exclusive;
            }
            waiter = following;
        }
        return used;
    }

    /** Wakes everybody. */
    public void wakeAll() {
        wake(PollEvents.ALL);
    }
}
