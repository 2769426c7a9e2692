package dev.littlecloud.gateway.stream;

import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One end of a connection, as the kernel uses it. */
public final class StreamEnd implements HostStream {
    private static final System.Logger LOG = System.getLogger(StreamEnd.class.getName());

    private final Executor teller;
    private @Nullable Flow in;
    private @Nullable Flow out;
    private volatile @Nullable HostEvents events;

    // Guarded by this.
    private boolean isConnecting;
    private int wantedLater;
    private int outcome;

    /**
     * @param teller runs what tells the kernel of events, without a lock held
     */
    StreamEnd(Executor teller) {
        this.teller = teller;
    }

    /** Flows and ends know each other, so one of them learns later. */
    void join(Flow incoming, Flow outgoing) {
        in = incoming;
        out = outgoing;
    }

    private Flow in() {
        Flow flow = in;
        if (flow == null) {
            throw new IllegalStateException("an end without its flows");
        }
        return flow;
    }

    private Flow out() {
        Flow flow = out;
        if (flow == null) {
            throw new IllegalStateException("an end without its flows");
        }
        return flow;
    }

    /** Whether the connection is there shall be told by {@link #connected}. Before it is used. */
    public synchronized void connecting() {
        isConnecting = true;
    }

    /**
     * The connection that the program makes is there, or will never be.
     *
     * @param errno 0, or why not
     */
    public void connected(int errno) {
        int wanted;
        synchronized (this) {
            isConnecting = false;
            outcome = -errno;
            wanted = wantedLater;
            wantedLater = 0;
        }
        if (wanted != 0) {
            want(wanted);
        }
    }

    /** Tells the kernel, here and now: the caller holds no lock. */
    void tell(int happened) {
        HostEvents listener = events;
        if (listener != null) {
            listener.ready(happened);
        }
    }

    /** Runs what tells the event loop of something that the program did. */
    void soon(Runnable news) {
        HostEvents listener = events;
        if (listener == null) {
            news.run();
        } else {
            listener.soon(news);
        }
    }

    void tellSoon(int happened) {
        later(teller, () -> tell(happened));
    }

    /** Runs something on a gateway's event loop; when the gateway has ended, nobody needs it. */
    public static void later(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.log(System.Logger.Level.TRACE, "the gateway has ended", ended);
        }
    }

    @Override
    public void listener(HostEvents listener) {
        events = listener;
    }

    @Override
    public void want(int wanted) {
        synchronized (this) {
            if (isConnecting) {
                wantedLater |= wanted;
                return;
            }
        }
        int now = 0;
        if ((wanted & READ) != 0 && in().awaitReadable()) {
            now |= READ;
        }
        if ((wanted & WRITE) != 0 && out().awaitWritable()) {
            now |= WRITE;
        }
        if (now != 0) {
            tellSoon(now);
        }
    }

    @Override
    public synchronized int finishConnect() {
        return outcome;
    }

    @Override
    public int read(ByteBuffer target) {
        return in().read(target);
    }

    @Override
    public int write(ByteBuffer source) {
        return out().write(source);
    }

    @Override
    public void shutdownOutput() {
        out().finish();
    }

    @Override
    public void keepAlive(boolean enabled) {
        // Nothing between the two ends can get lost silently.
    }

    @Override
    public void close(boolean reset) {
        if (reset) {
            out().breakOff();
        } else {
            out().finish();
        }
        in().abandon();
    }
}
