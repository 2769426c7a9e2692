package dev.littlecloud.kernel.net;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A UDP port of the host that belongs to a port of the instance. Datagrams from outside go to the
 * guest's socket there, and its answers go back through the same port. Guarded by the instance lock.
 */
final class UdpPublication implements HostEvents {
    private static final int BATCH = 64;

    /** The host does not tell how far a datagram has come. */
    private static final int ARRIVING_HOPS = 64;

    /** Peers whose datagrams may be answered, though the instance could not send to them itself. */
    private static final int MAX_PEERS = 1024;

    private final NetworkStack stack;
    private final HostDatagrams channel;
    private final InetEndpoint destination;
    private final PacketInfo told;
    private final Map<InetEndpoint, InetEndpoint> peers = new LinkedHashMap<>();

    UdpPublication(NetworkStack stack, HostDatagrams channel, InetEndpoint destination) {
        this.stack = stack;
        this.channel = channel;
        this.destination = destination;
        this.told = new PacketInfo(destination, 0, ARRIVING_HOPS, 0);
        channel.listener(this);
        channel.wantRead();
    }

    HostDatagrams channel() {
        return channel;
    }

    /**
     * Where an answer to a peer goes, by the address that the guest sees of it; null where that
     * peer has sent nothing here.
     */
    @Nullable InetEndpoint actual(InetEndpoint shown) {
        return peers.get(shown);
    }

    @Override
    public void ready(int events) {
        stack.fromHost(this::drain);
    }

    private void drain() {
        Bounce bounce = Bounce.get();
        for (int i = 0; i < BATCH; i++) {
            InetEndpoint from = channel.receive(bounce.limited(Bounce.SIZE));
            if (from == null) {
                break;
            }
            int length = bounce.buffer.position();
            bounce.io.reset(length);
            stack.counters().cameIn(from.isV4(), length + NetworkCounters.UDP_HEADERS);
            UdpSocket receiver = stack.udpPorts().receiver(destination, from);
            if (receiver != null) {
                InetEndpoint shown = stack.shownPeer(from, receiver);
                remember(shown, from);
                receiver.deliver(bounce.io, length, shown, told);
            }
        }
        channel.wantRead();
    }

    private void remember(InetEndpoint shown, InetEndpoint actual) {
        peers.remove(shown);
        peers.put(shown, actual);
        if (peers.size() > MAX_PEERS) {
            peers.remove(peers.keySet().iterator().next());
        }
    }
}
