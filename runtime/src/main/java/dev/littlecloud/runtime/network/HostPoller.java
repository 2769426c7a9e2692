package dev.littlecloud.runtime.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Waits for the host's channels of all instances. Interests are one-shot. */
final class HostPoller {
    private static final System.Logger LOG = System.getLogger(HostPoller.class.getName());

    /** Hears of a channel's readiness, on the poller's thread. */
    interface Listener {
        /**
         * @param operations of {@link SelectionKey}; no longer asked for
         */
        void ready(int operations);
    }

    private static final class Shared {
        static final HostPoller INSTANCE = start();
    }

    private final Selector selector;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private @Nullable Thread thread;

    private HostPoller(Selector selector) {
        this.selector = selector;
    }

    /** The process's poller, started at first use. */
    static HostPoller shared() {
        return Shared.INSTANCE;
    }

    private static HostPoller start() {
        try {
            HostPoller poller = new HostPoller(Selector.open());
            Thread thread =
                    Thread.ofPlatform().daemon().name("network-poller").unstarted(poller::run);
            poller.thread = thread;
            thread.start();
            return poller;
        } catch (IOException failure) {
            throw new UncheckedIOException("the host gives no selector", failure);
        }
    }

    /** Registers a non-blocking channel, without an interest yet. */
    SelectionKey register(SelectableChannel channel, Listener listener)
            throws ClosedChannelException {
        return channel.register(selector, 0, listener);
    }

    /** Asks to hear once when one of {@code operations} is possible. */
    void want(SelectionKey key, int operations) {
        if (wantSoon(key, operations)) {
            wakeUp();
        }
    }

    /** As {@link #want}, which holds after the next {@link #wakeUp}; false where it never will. */
    boolean wantSoon(SelectionKey key, int operations) {
        try {
            key.interestOpsOr(operations);
            return true;
        } catch (CancelledKeyException closed) {
            return false;
        }
    }

    /** Runs something on the poller's thread. */
    void execute(Runnable task) {
        tasks.add(task);
        wakeUp();
    }

    /** Has the poller give up closed channels: only then their descriptors are closed. */
    void wakeUp() {
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    private void run() {
        while (true) {
            try {
                if (tasks.isEmpty()) {
                    selector.select(HostPoller::dispatch);
                } else {
                    selector.selectNow(HostPoller::dispatch);
                }
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            } catch (IOException | RuntimeException | Error problem) {
                // One channel's trouble must not end the others' events.
                LOG.log(System.Logger.Level.WARNING, "network poller", problem);
            }
        }
    }

    private static void dispatch(SelectionKey key) {
        int ready;
        try {
            ready = key.readyOps();
            key.interestOpsAnd(~ready);
        } catch (CancelledKeyException closed) {
            return;
        }
        if (key.attachment() instanceof Listener listener) {
            listener.ready(ready);
        }
    }
}
