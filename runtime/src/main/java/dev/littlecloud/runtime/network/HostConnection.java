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
import org.jspecify.annotations.Nullable;

/** A TCP connection of the host that belongs to a socket of an instance. */
final class HostConnection implements HostStream, HostPoller.Listener {
    private static final System.Logger LOG = System.getLogger(HostConnection.class.getName());

    private final HostPoller poller;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Runnable closed;
    private final Runnable wakeUp;
    private @Nullable HostEvents events;
    private boolean connected;

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
        HostEvents listener = events;
        if (listener == null) {
            return;
        }
        int told = (operations & SelectionKey.OP_READ) != 0 ? READ : 0;
        if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            told |= WRITE;
        }
        listener.ready(told);
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
            return count < 0 ? END : -Errno.EAGAIN;
        } catch (ClosedChannelException closed) {
            return END;
        } catch (IOException broken) {
            return -HostErrors.errno(broken);
        }
    }

    @Override
    public int write(ByteBuffer source) {
        try {
            int count = channel.write(source);
            return count > 0 || !source.hasRemaining() ? count : -Errno.EAGAIN;
        } catch (ClosedChannelException closed) {
            return -Errno.EPIPE;
        } catch (IOException broken) {
            return -HostErrors.errno(broken);
        }
    }

    @Override
    public void shutdownOutput() {
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
