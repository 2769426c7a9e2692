package dev.littlecloud.gateway.service;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The table in force. A request looks it up once, so each sees the old or the new table and none in
 * between.
 */
public final class Routes {
    private final ReentrantLock changes = new ReentrantLock();
    private final List<Consumer<RouteTable>> listeners = new CopyOnWriteArrayList<>();
    private volatile RouteTable table = RouteTable.EMPTY;

    public RouteTable table() {
        return table;
    }

    /**
     * Replaces the table by what {@code change} makes of it; changes happen one after the other.
     * Returns when the gateway's listeners follow it.
     */
    public void update(UnaryOperator<RouteTable> change) {
        changes.lock();
        try {
            RouteTable changed = change.apply(table);
            table = changed;
            listeners.forEach(listener -> listener.accept(changed));
        } finally {
            changes.unlock();
        }
    }

    /** Tells {@code listener} the table now and after each change. */
    public void listen(Consumer<RouteTable> listener) {
        changes.lock();
        try {
            listeners.add(listener);
            listener.accept(table);
        } finally {
            changes.unlock();
        }
    }
}
