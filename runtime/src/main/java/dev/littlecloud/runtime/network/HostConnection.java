package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A TCP connection of the host that belongs to a socket of an instance. */
final class HostConnection implements HostStream, HostPoller.Listener {
    private static final System.Logger LOG = System.getLogger(HostConnection.class.getName());

    /** How long what was sent before a close may take to be read, and of how many connections. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS);

    private static final Semaphore LINGERING = new Semaphore(256);

    private final HostPoller poller;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Runnable closed;
    private final Runnable wakeUp;
    private final LateBytes late = new LateBytes();
    private final Runnable sendLate = this::sendLate;
    private volatile @Nullable HostEvents events;
    private volatile boolean wantsWrite;
    private boolean connected;

    // What is left to be done when the host has taken all that was sent. Guarded by late.
    private boolean isEnding;
    private boolean isClosing;

    /** What was sent before the close waits for the other side to read. */
    private boolean isLingering;

    /** Why the connection could not even be started. */
    private int failure;

    private HostConnection(
            HostPoller poller, SocketChannel channel, boolean connected, Runnable closed)
            throws IOException {
        this.poller = poller;
        this.closed = closed;
        this.wakeUp = poller::wakeUp;
        this.channel = channel;
        this.connected = connected;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = poller.register(channel, this);
    }

    /** Takes over a connection that the host has accepted. */
    static HostConnection accepted(HostPoller poller, SocketChannel channel) throws IOException {
        return new HostConnection(poller, channel, true, () -> {});
    }

    /**
     * Starts a connection; failures come as events.
     *
     * @param closed runs when the host's socket was given back
     */
    static HostConnection connect(HostPoller poller, SocketAddress target, Runnable closed)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        HostConnection connection;
        try {
            connection = new HostConnection(poller, channel, false, closed);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
        try {
            connection.connected = channel.connect(target);
        } catch (IOException refused) {
            connection.failure = HostErrors.errno(refused);
        }
        return connection;
    }

    @Override
    public void listener(HostEvents listener) {
        events = listener;
    }

    @Override
    public void want(int wanted) {
        if (failure != 0) {
            poller.execute(() -> ready(SelectionKey.OP_CONNECT));
            return;
        }
        int operations = (wanted & READ) != 0 ? SelectionKey.OP_READ : 0;
        if ((wanted & WRITE) != 0) {
            wantsWrite = true;
            operations |= connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
        }
        HostEvents listener = events;
        if (poller.wantSoon(key, operations)) {
            if (listener == null) {
                poller.wakeUp();
            } else {
                // Once for all that the program wants while it goes on.
                listener.soon(wakeUp);
            }
        }
    }

    @Override
    public void ready(int operations) {
        int told = (operations & SelectionKey.OP_READ) != 0 ? READ : 0;
        boolean isWritable = (operations & SelectionKey.OP_WRITE) != 0 && sendLate();
        if ((isWritable && wantsWrite) || (operations & SelectionKey.OP_CONNECT) != 0) {
            wantsWrite = false;
            told |= WRITE;
        }
        HostEvents listener = events;
        if (listener != null && told != 0) {
            listener.ready(told);
        }
    }

    @Override
    public int finishConnect() {
        if (failure != 0) {
            return -failure;
        }
        try {
            connected = channel.finishConnect();
            return connected ? 0 : -Errno.EAGAIN;
        } catch (IOException refused) {
            return -HostErrors.errno(refused);
        }
    }

    @Override
    public int read(ByteBuffer target) {
        try {
            int count = channel.read(target);
            if (count > 0) {
                return count;
            }
            int failed = lateFailure();
            return failed != 0 ? -failed : count < 0 ? END : -Errno.EAGAIN;
        } catch (ClosedChannelException closed) {
            return END;
        } catch (IOException broken) {
            return -HostErrors.errno(broken);
        }
    }

    @Override
    public int write(ByteBuffer source) {
        int failed = lateFailure();
        if (failed != 0) {
            return -failed;
        }
        int length = source.remaining();
        if (writeLate(source)) {
            return length;
        }
        if (!sendLate()) {
            return -Errno.EAGAIN;
        }
        try {
            int count = channel.write(source);
            return count > 0 || !source.hasRemaining() ? count : -Errno.EAGAIN;
        } catch (ClosedChannelException closed) {
            return -Errno.EPIPE;
        } catch (IOException broken) {
            return -HostErrors.errno(broken);
        }
    }

    // ---- What is sent a moment later

    /**
     * Who reads what a program sends wakes up for it, and takes a processor from the program and who
     * answers its calls. So while it goes on with such calls, what it sends is gathered.
     */
    private boolean writeLate(ByteBuffer source) {
        HostEvents listener = events;
        if (listener == null || !listener.isToldLater()) {
            return false;
        }
        synchronized (late) {
            boolean isFirst = late.isEmpty();
            if (!late.add(source)) {
                return false;
            }
            if (isFirst) {
                listener.soon(sendLate);
            }
            return true;
        }
    }

    /** Gives the host what was sent; false while that has no room for all. */
    private boolean sendLate() {
        synchronized (late) {
            if (!late.write(channel)) {
                poller.want(key, SelectionKey.OP_WRITE);
                if (isClosing) {
                    linger();
                }
                return false;
            }
            if (isClosing) {
                closeNow(false);
            } else if (isEnding) {
                endOutput();
            }
            isClosing = false;
            isEnding = false;
            return true;
        }
    }

    private int lateFailure() {
        synchronized (late) {
            return late.takeFailure();
        }
    }

    @Override
    public void shutdownOutput() {
        synchronized (late) {
            isEnding = true;
            sendSoon(events);
        }
    }

    private void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.TRACE, "shutdown of a broken connection", broken);
        }
    }

    @Override
    public void keepAlive(boolean enabled) {
        try {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, enabled);
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.TRACE, "option of a broken connection", broken);
        }
    }

    @Override
    public void close(boolean reset) {
        HostEvents listener = events;
        events = null;
        synchronized (late) {
            if (reset) {
                late.drop();
                closeNow(true);
            } else {
                isClosing = true;
                sendSoon(listener);
            }
        }
    }

    /** Sends what is there, the end or a close with it, when that wakes nobody at a bad time. */
    private void sendSoon(@Nullable HostEvents listener) {
        if (listener == null) {
            sendLate();
        } else {
            listener.soon(sendLate);
        }
    }

    /** A close waits until the host has taken what was sent before; a while, and of some only. */
    private void linger() {
        if (isLingering) {
            return;
        }
        if (LINGERING.tryAcquire()) {
            isLingering = true;
            LATER.execute(this::giveUp);
        } else {
            isClosing = false;
            late.drop();
            closeNow(true);
        }
    }

    /** The other side has not read what was sent before the close. */
    private void giveUp() {
        LINGERING.release();
        synchronized (late) {
            if (isClosing) {
                isClosing = false;
                late.drop();
                closeNow(true);
            }
        }
    }

    private void closeNow(boolean reset) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            if (reset) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.TRACE, "close of a broken connection", broken);
        }
        closed.run();
        poller.wakeUp();
    }
}
