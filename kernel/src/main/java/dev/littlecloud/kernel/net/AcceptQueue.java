package dev.littlecloud.kernel.net;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a listening socket that nobody has accepted yet, and those that wait for room
 * because the backlog is full; listen(2). Guarded by the instance lock.
 *
 * @param <S> the kind of socket that is accepted
 */
final class AcceptQueue<S extends Socket> {
    /** Something that wants to connect once there is room. */
    interface Connector {
        /** There is room, or the listener is gone. */
        void listenerChanged();
    }

    private final ArrayDeque<S> accepted = new ArrayDeque<>();
    private final ArrayDeque<Connector> waiting = new ArrayDeque<>();
    private int backlog;

    /** net.core.somaxconn of Linux. */
    private static final int MAX_BACKLOG = 4096;

    void backlog(int connections) {
        backlog = connections < 0 || connections > MAX_BACKLOG ? MAX_BACKLOG : connections;
        admit();
    }

    int backlog() {
        return backlog;
    }

    int size() {
        return accepted.size();
    }

    /** Linux admits one more than the backlog; sk_acceptq_is_full(). */
    boolean hasRoom() {
        return accepted.size() <= backlog;
    }

    void add(S connection) {
        accepted.add(connection);
    }

    void forEach(Consumer<? super S> visitor) {
        accepted.forEach(visitor);
    }

    void await(Connector connector) {
        waiting.add(connector);
    }

    void stopWaiting(Connector connector) {
        waiting.remove(connector);
    }

    @Nullable S poll() {
        S connection = accepted.poll();
        if (connection != null) {
            admit();
        }
        return connection;
    }

    /** Lets those in who waited. */
    private void admit() {
        while (hasRoom()) {
            Connector next = waiting.poll();
            if (next == null) {
                return;
            }
            next.listenerChanged();
        }
    }

    /** Takes what is queued when the listener closes. */
    @Nullable S drain() {
        return accepted.poll();
    }

    /** Tells those who wait that the listener is gone. */
    void refuseWaiting() {
        for (Connector next = waiting.poll(); next != null; next = waiting.poll()) {
            next.listenerChanged();
        }
    }
}
