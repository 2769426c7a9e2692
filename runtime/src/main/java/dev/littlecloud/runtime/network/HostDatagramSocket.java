package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostDatagrams;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.InetEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A UDP socket of the host that belongs to an instance. */
final class HostDatagramSocket implements HostDatagrams, HostPoller.Listener {
    private static final System.Logger LOG = System.getLogger(HostDatagramSocket.class.getName());

    private final HostPoller poller;
    private final DatagramChannel channel;
    private final SelectionKey key;
    private final Function<InetEndpoint, @Nullable InetSocketAddress> route;
    private @Nullable HostEvents events;
    private final Runnable closed;
    private int error;

    /** Where the last datagram went, so that a stream of them translates its address once. */
    private @Nullable InetEndpoint lastTarget;

    private @Nullable InetSocketAddress lastRoute;

    /**
     * @param bind where to listen; null for any free port
     * @param closed runs when the host's socket was given back
     * @param route where a destination really is; null where it must not be reached
     */
    HostDatagramSocket(
            HostPoller poller,
            @Nullable InetSocketAddress bind,
            Function<InetEndpoint, @Nullable InetSocketAddress> route,
            Runnable closed)
            throws IOException {
        this.poller = poller;
        this.closed = closed;
        this.route = route;
        this.channel = DatagramChannel.open();
        boolean ready = false;
        try {
            channel.configureBlocking(false);
            channel.bind(bind);
            key = poller.register(channel, this);
            ready = true;
        } finally {
            if (!ready) {
                channel.close();
            }
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public void listener(HostEvents listener) {
        events = listener;
    }

    @Override
    public void wantRead() {
        poller.want(key, SelectionKey.OP_READ);
    }

    @Override
    public void ready(int operations) {
        HostEvents listener = events;
        if (listener != null) {
            listener.ready(0);
        }
    }

    @Override
    public int send(InetEndpoint destination, ByteBuffer payload) {
        if (!destination.equals(lastTarget)) {
            lastRoute = route.apply(destination);
            lastTarget = destination;
        }
        InetSocketAddress target = lastRoute;
        if (target == null) {
            return -Errno.EHOSTUNREACH;
        }
        try {
            channel.send(payload, target);
            return 0;
        } catch (IOException failed) {
            return -HostErrors.errno(failed);
        }
    }

    @Override
    public @Nullable InetEndpoint receive(ByteBuffer target) {
        try {
            return channel.receive(target) instanceof InetSocketAddress from
                    ? Endpoints.endpoint(from)
                    : null;
        } catch (IOException failed) {
            error = HostErrors.errno(failed);
            return null;
        }
    }

    @Override
    public int error() {
        int taken = error;
        error = 0;
        return taken;
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.TRACE, "close of a socket", broken);
        }
        closed.run();
        poller.wakeUp();
    }
}
