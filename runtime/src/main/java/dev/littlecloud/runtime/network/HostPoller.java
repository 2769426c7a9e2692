package dev.littlecloud.runtime.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the host's channels of all instances. Interests are one-shot.
 *
 * <p>A thread that is awake anyway may look for events in place of the poller's own: then nobody has
 * to wake that one for each thing that is asked for, nor has the host to for each event.
 */
public final class HostPoller {
    private static final System.Logger LOG = System.getLogger(HostPoller.class.getName());

    /** Hears of a channel's readiness, on the thread that looks. */
    interface Listener {
        /**
         * @param operations of {@link SelectionKey}; no longer asked for
         */
        void ready(int operations);
    }

    private static final class Shared {
        static final HostPoller INSTANCE = start();
    }

    /** Who looks in the poller's place may be kept from it; then the poller does so as often. */
    private static final long LONGEST_NANOS = 5_000_000;

    private static final Runnable NOTHING = () -> {};

    private final Selector selector;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Held by who looks for events, and by the poller's own thread while it waits for them. */
    private final ReentrantLock looking = new ReentrantLock();

    /** Who looks in place of the poller's own thread. */
    private final AtomicReference<@Nullable Thread> substitute = new AtomicReference<>();

    /** How often anybody looked. */
    private final AtomicInteger looks = new AtomicInteger();

    private @Nullable Thread thread;

    private HostPoller(Selector selector) {
        this.selector = selector;
    }

    /** The process's poller, started at first use. */
    public static HostPoller shared() {
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

    /** Runs something on the thread that looks. */
    void execute(Runnable task) {
        tasks.add(task);
        wakeUp();
    }

    /** Has the poller give up closed channels: only then their descriptors are closed. */
    void wakeUp() {
        // Whoever looks in its place does so soon, and the poller before it waits again.
        if (Thread.currentThread() != thread && substitute.get() == null) {
            selector.wakeup();
        }
    }

    /**
     * The calling thread is going to {@link #look}, many times in a millisecond, until it says {@link
     * #giveBack}; false where another one already is.
     */
    public boolean takeOver() {
        if (!substitute.compareAndSet(null, Thread.currentThread())) {
            return false;
        }
        selector.wakeup();
        return true;
    }

    /**
     * Tells of what has happened, on the calling thread, which holds no lock.
     *
     * @param meanwhile runs after each thing that is told
     */
    public void look(Runnable meanwhile) {
        // The poller's own thread may not have noticed yet.
        if (looking.tryLock()) {
            try {
                tell(false, meanwhile);
            } finally {
                looking.unlock();
            }
        }
    }

    /** Has the poller's own thread look again. */
    public void giveBack() {
        substitute.set(null);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (true) {
            while (substitute.get() != null) {
                int before = looks.get();
                LockSupport.parkNanos(this, LONGEST_NANOS);
                if (looks.get() == before) {
                    look(NOTHING);
                }
            }
            looking.lock();
            try {
                tell(tasks.isEmpty(), NOTHING);
            } finally {
                looking.unlock();
            }
        }
    }

    /** By who holds {@code looking}. */
    private void tell(boolean waits, Runnable meanwhile) {
        looks.incrementAndGet();
        try {
            if (waits) {
                selector.select(HostPoller::dispatch);
            } else {
                selector.selectNow(
                        key -> {
                            dispatch(key);
                            meanwhile.run();
                        });
            }
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } catch (IOException | RuntimeException | Error problem) {
            // One channel's trouble must not end the others' events.
            LOG.log(System.Logger.Level.WARNING, "network poller", problem);
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
