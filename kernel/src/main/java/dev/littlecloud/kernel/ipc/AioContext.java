package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayDeque;

/**
 * A queue of operations on files; io_setup(2). Operations are done when they are submitted, so what
 * it holds are their results. Guarded by the instance lock.
 */
public final class AioContext {
    /** What became of an operation, as struct io_event tells it. */
    public record Event(long data, long operation, long result) {}

    private final int capacity;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final WaitQueue queue = new WaitQueue();

    public AioContext(int capacity) {
        this.capacity = capacity;
    }

    /** Results it has room for. */
    public int capacity() {
        return capacity;
    }

    public boolean isFull() {
        return events.size() >= capacity;
    }

    public void add(Event event) {
        events.add(event);
        queue.wakeAll();
    }

    public int available() {
        return events.size();
    }

    /** The oldest result, which stays until {@link #remove}; there must be one. */
    public Event first() {
        return events.getFirst();
    }

    public void remove() {
        events.removeFirst();
    }

    /** Woken when there is a result, and when the context goes. */
    public WaitQueue queue() {
        return queue;
    }
}
