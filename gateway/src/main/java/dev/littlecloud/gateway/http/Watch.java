package dev.littlecloud.gateway.http;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks after what may take too long: one timer for an event loop instead of several for each
 * request, which almost all are cancelled. Used on its event loop only.
 */
final class Watch {
    private static final int PERIOD_MILLIS = 200;

    /** Something with a deadline. */
    interface Watched {
        /** Ends what has taken too long. */
        void tick(long nowNanos);
    }

    private final EventLoop loop;
    private final Set<Watched> watched = new LinkedHashSet<>();
    private boolean scheduled;

    Watch(EventLoop loop) {
        this.loop = loop;
    }

    void add(Watched one) {
        watched.add(one);
        if (!scheduled) {
            schedule();
        }
    }

    void remove(Watched one) {
        watched.remove(one);
    }

    private void schedule() {
        scheduled = true;
        loop.schedule(this::tick, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        scheduled = false;
        long now = System.nanoTime();
        List<Watched> all = new ArrayList<>(watched);
        for (Watched one : all) {
            one.tick(now);
        }
        if (!watched.isEmpty()) {
            schedule();
        }
    }
}
