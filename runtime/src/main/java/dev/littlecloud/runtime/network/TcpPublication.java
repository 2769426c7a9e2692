package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.net.NetworkStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP port of the host whose connections go into a guest's accept queue. Where nobody
 * inside listens, a connection is reset. While the guest's backlog is full, connections wait in the
 * host's.
 */
final class TcpPublication implements Publication, HostPoller.Listener {
    private static final System.Logger LOG = System.getLogger(TcpPublication.class.getName());
    private static final int HOST_BACKLOG = 1024;
    private static final long RETRY_MILLIS = 100;
    private static final Executor LATER =
            CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS);

    private final HostPoller poller;
    private final NetworkStack stack;
    private final ServerSocketChannel channel;
    private final SelectionKey key;
    private final int guestPort;
    private final int hostPort;

    /** Accepted on the host, but the guest's backlog has no room. Only the poller touches it. */
    private @Nullable SocketChannel waiting;

    TcpPublication(HostPoller poller, NetworkStack stack, InetSocketAddress bind, int guestPort)
            throws IOException {
        this.poller = poller;
        this.stack = stack;
        this.guestPort = guestPort;
        this.channel = ServerSocketChannel.open();
        boolean ready = false;
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.configureBlocking(false);
            channel.bind(bind, HOST_BACKLOG);
            hostPort = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            key = poller.register(channel, this);
            ready = true;
        } finally {
            if (!ready) {
                channel.close();
            }
        }
        poller.want(key, SelectionKey.OP_ACCEPT);
    }

    @Override
    public int hostPort() {
        return hostPort;
    }

    @Override
    public void ready(int operations) {
        try {
            while (waiting == null) {
                SocketChannel connection = channel.accept();
                if (connection == null) {
                    poller.want(key, SelectionKey.OP_ACCEPT);
                    return;
                }
                handOrDrop(connection);
            }
        } catch (IOException failed) {
            if (channel.isOpen()) {
                // Out of descriptors, say. To ask at once would find the same, over and over.
                LOG.log(System.Logger.Level.WARNING, "cannot accept for an instance", failed);
                LATER.execute(() -> poller.want(key, SelectionKey.OP_ACCEPT));
            }
        }
    }

    /** A connection that breaks on its way costs nobody else theirs. */
    private void handOrDrop(SocketChannel connection) {
        try {
            hand(connection);
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.TRACE, "a connection is gone", gone);
            drop(connection);
        }
    }

    private void hand(SocketChannel connection) throws IOException {
        InetSocketAddress peer = (InetSocketAddress) connection.getRemoteAddress();
        HostConnection stream = HostConnection.accepted(poller, connection);
        switch (stack.deliver(stream, Endpoints.endpoint(peer), guestPort, this::roomAgain)) {
            case ACCEPTED -> {}
            case REFUSED -> stream.close(true);
            case FULL -> waiting = connection;
        }
    }

    /** The guest accepted something; runs with the instance lock held. */
    private void roomAgain() {
        poller.execute(this::retry);
    }

    private void retry() {
        SocketChannel connection = waiting;
        waiting = null;
        if (connection != null) {
            handOrDrop(connection);
        }
        ready(SelectionKey.OP_ACCEPT);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.TRACE, "close of a listener", failed);
        }
        poller.execute(this::dropWaiting);
    }

    private void dropWaiting() {
        SocketChannel connection = waiting;
        waiting = null;
        if (connection != null) {
            drop(connection);
        }
    }

    private static void drop(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.TRACE, "close of a connection", failed);
        }
    }
}
