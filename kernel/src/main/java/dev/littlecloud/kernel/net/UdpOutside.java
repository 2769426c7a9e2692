package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket's way out of the instance: a socket of the host, opened at the first datagram that
 * leaves, or the published one that the guest's port belongs to. Guarded by the instance lock.
 */
final class UdpOutside implements HostEvents {
    /** Datagrams taken per event, so that a flood does not hold the instance lock. */
    private static final int BATCH = 64;

    private final NetworkStack stack;
    private final UdpSocket socket;

    /** The host's; a clone opens one of its own. */
    private transient @Nullable HostDatagrams channel;

    UdpOutside(NetworkStack stack, UdpSocket socket) {
        this.stack = stack;
        this.socket = socket;
    }

    /** Sends one datagram: its length or {@code -errno}. */
    long send(InetEndpoint target, IoBuffer source, int length) {
        UdpPublication published = stack.published(socket.local().port());
        InetEndpoint actual = published == null ? null : published.actual(target);
        HostDatagrams out;
        if (published != null && actual != null) {
            out = published.channel();
        } else {
            actual = target;
            int refusal = stack.host().permits(target);
            if (refusal != 0) {
                return -refusal;
            }
            out = channel();
        }
        if (out == null) {
            return -Errno.ENOBUFS;
        }
        Bounce bounce = Bounce.get();
        source.get(bounce.segment, 0, length);
        int status = out.send(actual, bounce.limited(length));
        if (status != 0) {
            return status;
        }
        stack.counters().sentOut(target.isV4(), length + NetworkCounters.UDP_HEADERS);
        return length;
    }

    private @Nullable HostDatagrams channel() {
        if (channel == null) {
            channel = stack.host().openDatagrams();
            if (channel != null) {
                channel.listener(this);
                channel.wantRead();
            }
        }
        return channel;
    }

    @Override
    public void ready(int events) {
        stack.fromHost(this::drain);
    }

    private void drain() {
        HostDatagrams open = channel;
        if (open == null) {
            return;
        }
        Bounce bounce = Bounce.get();
        for (int i = 0; i < BATCH; i++) {
            InetEndpoint from = open.receive(bounce.limited(Bounce.SIZE));
            if (from == null) {
                break;
            }
            int length = bounce.buffer.position();
            bounce.io.reset(length);
            stack.counters().cameIn(from.isV4(), length + NetworkCounters.UDP_HEADERS);
            socket.deliver(bounce.io, length, from, null);
        }
        if (open.error() == Errno.ECONNREFUSED && socket.remote() != null) {
            socket.portUnreachable();
        }
        open.wantRead();
    }

    void close() {
        HostDatagrams open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
