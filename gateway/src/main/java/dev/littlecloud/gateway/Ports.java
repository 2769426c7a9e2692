package dev.littlecloud.gateway;

import dev.littlecloud.gateway.service.RouteTable;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listeners of services that have a port to themselves; follows the routes. */
final class Ports {
    private static final System.Logger LOG = System.getLogger(Ports.class.getName());

    /** Opens a listener. */
    interface Binder {
        Channel bind(int port) throws IOException;
    }

    private final Binder binder;
    private final Map<Integer, Channel> listeners = new HashMap<>();
    private final Map<Integer, String> failures = new HashMap<>();
    private boolean closed;

    Ports(Binder binder) {
        this.binder = binder;
    }

    synchronized void follow(RouteTable table) {
        Set<Integer> wanted = table.ports().keySet();
        for (int port : Set.copyOf(listeners.keySet())) {
            if (!wanted.contains(port)) {
                close(listeners.remove(port));
            }
        }
        failures.keySet().retainAll(wanted);
        for (int port : wanted) {
            if (!closed && !listeners.containsKey(port)) {
                open(port);
            }
        }
    }

    private void open(int port) {
        try {
            listeners.put(port, binder.bind(port));
            failures.remove(port);
        } catch (IOException taken) {
            failures.put(port, String.valueOf(taken.getMessage()));
            LOG.log(System.Logger.Level.WARNING, taken.getMessage());
        }
    }

    private static void close(@Nullable Channel listener) {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
    }

    /** Why some ports do not listen. */
    synchronized Map<Integer, String> failures() {
        return Map.copyOf(failures);
    }

    synchronized void close() {
        closed = true;
        listeners.values().forEach(Ports::close);
        listeners.clear();
    }
}
