package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A UDP socket: udp(7). Guarded by the instance lock. */
public final class UdpSocket extends InetDatagramSocket {
    private static final int MAX_PAYLOAD = 65507;

    private final UdpOutside outside;

    /**
     * @param protocol IPPROTO_UDP or IPPROTO_UDPLITE, which differ by the port only: nothing
     *     inside an instance damages a packet
     */
    UdpSocket(NetworkStack stack, int family, int protocol, int uid, int gid) {
        super(stack, family, SocketConstants.SOCK_DGRAM, protocol, uid, gid);
        this.outside = new UdpOutside(stack, this);
    }

    @Override
    int ephemeralPort() {
        return ports().ephemeral();
    }

    @Override
    boolean portConflicts() {
        return ports().conflicts(this);
    }

    @Override
    void takePort() {
        ports().add(this);
    }

    @Override
    void leavePort() {
        ports().remove(this);
    }

    private PortTable<UdpSocket> ports() {
        return protocol == SocketConstants.IPPROTO_UDP ? stack.udpPorts() : stack.udpLitePorts();
    }

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        InetEndpoint given = (InetEndpoint) message.address;
        InetEndpoint target = given != null ? given : remote;
        if (source.remaining() > MAX_PAYLOAD) {
            return -Errno.EMSGSIZE;
        }
        if (target == null) {
            return -Errno.EDESTADDRREQ;
        }
        long refusal = refusalToSend(task, message);
        if (refusal != 0) {
            return refusal;
        }
        if (target.isAny()) {
            target = stack.loopbackFor(target);
        }
        if (target.port() == 0) {
            return -Errno.EINVAL;
        }
        long status = autobind();
        if (status == 0) {
            status = reaches(target);
        }
        if (status != 0) {
            return status;
        }
        long sent =
                target.isMulticast()
                        ? multicast(target, source, message)
                        : sendTo(target, source, message);
        if (sent >= 0) {
            stack.counters().udp(protocol, target.isV4()).sent++;
        }
        return sent;
    }

    private long sendTo(InetEndpoint target, IoBuffer source, Message message) {
        int length = (int) source.remaining();
        if (stack.isNameServer(target)) {
            stack.nameServer().query(this, target, source, length);
            return length;
        }
        if (stack.isBroadcast(target) && !options.broadcast) {
            return -Errno.EACCES;
        }
        if (!stack.isLocal(target)) {
            if (protocol != SocketConstants.IPPROTO_UDP) {
                return -Errno.ENETUNREACH;
            }
            return outside.send(target, source, length);
        }
        InetEndpoint from = local;
        if (from.isAny() || from.isMulticast()) {
            from = stack.sourceFor(target).withPort(local.port());
        }
        stack.counters().passed(target.isV4(), length + NetworkCounters.UDP_HEADERS);
        UdpSocket receiver = ports().receiver(target, from);
        if (receiver == null) {
            stack.counters().udp(protocol, target.isV4()).noPorts++;
            if (remote != null) {
                portUnreachable();
            }
            return length;
        }
        receiver.deliver(source, length, from, packetInfo(receiver, target, 0, message));
        return length;
    }

    private @Nullable PacketInfo packetInfo(
            UdpSocket receiver, InetEndpoint target, int interfaceIndex, Message message) {
        if (!receiver.ip.wantsPacketInfo()) {
            return null;
        }
        int hops = message.hops >= 0 ? message.hops : ip.hops(target);
        int trafficClass =
                message.trafficClass >= 0 ? message.trafficClass : ip.trafficClass(target);
        return new PacketInfo(target, interfaceIndex, hops, trafficClass);
    }

    /** To all sockets inside that want it from the interface: multicast leaves no instance. */
    private long multicast(InetEndpoint target, IoBuffer source, Message message) {
        int index = multicastInterface(target);
        if (index == 0) {
            return -Errno.ENETUNREACH;
        }
        InetEndpoint from = local;
        if (from.isAny() || from.isMulticast()) {
            from = stack.addressOf(index, target).withPort(local.port());
        }
        if (from.isAny()) {
            // eth0 has no IPv6 address that could be a source.
            return -Errno.EADDRNOTAVAIL;
        }
        int length = (int) source.remaining();
        long start = source.position();
        stack.counters().multicast(index, target.isV4(), length + NetworkCounters.UDP_HEADERS);
        boolean heard = index == NetworkStack.LOOPBACK_INDEX || ip.multicastLoop;
        if (heard && stack.multicast().isMember(target, index)) {
            List<UdpSocket> receivers = ports().receivers(target, from);
            for (UdpSocket receiver : receivers) {
                if (receiver.groups.admits(target, index, from)) {
                    source.position(start);
                    PacketInfo told = packetInfo(receiver, target, index, message);
                    receiver.deliver(source, length, from, told);
                }
            }
        }
        source.position(start + length);
        return length;
    }

    /** Queues a datagram, or drops it where the receive buffer is full. */
    void deliver(IoBuffer source, int length, InetEndpoint from, @Nullable PacketInfo told) {
        InetEndpoint peer = remote;
        boolean wanted = peer == null || (peer.sameAddress(from) && peer.port() == from.port());
        if (!wanted) {
            return;
        }
        NetworkCounters.Udp counters = stack.counters().udp(protocol, from.isV4());
        if (enqueue(source, length, from, told)) {
            counters.received++;
        } else {
            counters.overruns++;
        }
    }

    @Override
    protected long refusalOfUrgent() {
        return -Errno.EINVAL;
    }

    @Override
    protected void closeSocket() {
        super.closeSocket();
        outside.close();
    }
}
