package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.time.TimerQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Closes sockets that are under way in each other's messages only, which nobody can receive any
 * more; unix_gc() of Linux. Guarded by the instance lock.
 */
final class UnixGarbage {
    /** So few files under way are not worth a search. */
    private static final int LEAST_FILES = 64;

    /** Sockets that close together are one search. */
    private static final long DELAY_NANOS = 20_000_000;

    private final NetworkStack stack;
    private int filesAtNextSearch = LEAST_FILES;

    private final TimerQueue.Timer search =
            new TimerQueue.Timer() {
                @Override
                protected void expired() {
                    collect();
                }
            };

    UnixGarbage(NetworkStack stack) {
        this.stack = stack;
    }

    /**
     * Somebody is about to send files: searches where those under way have doubled since the last
     * search, so that a file costs the same however many there are.
     */
    void beforeSending() {
        if (stack.filesInFlight() >= filesAtNextSearch) {
            collect();
        }
    }

    /** A Unix socket closed: perhaps it was the way to others. */
    void closed() {
        if (stack.filesInFlight() > 0 && !search.isArmed()) {
            Kernel kernel = stack.kernel();
            kernel.timers().arm(search, kernel.clock().monotonicNanos() + DELAY_NANOS);
        }
    }

    private void collect() {
        Map<UnixSocket, Integer> inside = new IdentityHashMap<>();
        for (Socket socket : stack.sockets()) {
            if (socket instanceof UnixSocket unix) {
                unix.forEachHeld(held -> inside.merge(held, 1, Integer::sum));
            }
        }
        Set<UnixSocket> reached = reachable(inside);
        List<Ancillary> lost = new ArrayList<>();
        for (UnixSocket socket : inside.keySet()) {
            if (!reached.contains(socket)) {
                socket.forEachMessage(lost::add);
            }
        }
        // What is dropped once is empty when its socket closes in turn.
        lost.forEach(Ancillary::drop);
        filesAtNextSearch = Math.max(LEAST_FILES, 2 * stack.filesInFlight());
    }

    /** Sockets that something besides sockets refers to, and what those hold. */
    private Set<UnixSocket> reachable(Map<UnixSocket, Integer> inside) {
        Set<UnixSocket> reached = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<UnixSocket> visits = new ArrayDeque<>();
        for (Socket socket : stack.sockets()) {
            if (socket instanceof UnixSocket unix
                    && unix.references() > inside.getOrDefault(unix, 0)) {
                reached.add(unix);
                visits.add(unix);
            }
        }
        for (UnixSocket next = visits.poll(); next != null; next = visits.poll()) {
            next.forEachHeld(
                    held -> {
                        if (reached.add(held)) {
                            visits.add(held);
                        }
                    });
        }
        return reached;
    }
}
