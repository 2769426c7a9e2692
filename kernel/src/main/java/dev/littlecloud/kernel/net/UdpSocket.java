package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A UDP socket: udp(7). Guarded by the instance lock. */
public final class UdpSocket extends InetSocket {
    private static final int MAX_PAYLOAD = 65507;

    private final DatagramQueue received;
    private final UdpOutside outside;
    private boolean receiveShut;
    private boolean sendShut;
    private int error;

    /**
     * @param protocol IPPROTO_UDP or IPPROTO_UDPLITE, which differ by the port only: nothing
     *     inside an instance damages a packet
     */
    UdpSocket(NetworkStack stack, int family, int protocol, int uid, int gid) {
        super(stack, family, SocketConstants.SOCK_DGRAM, protocol, uid, gid);
        this.received = new DatagramQueue(stack.memory());
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
    public long connect(Task task, @Nullable SocketAddress address) {
        if (address == null) {
            remote = null;
            return 0;
        }
        InetEndpoint given = (InetEndpoint) address;
        InetEndpoint target = given.isAny() ? stack.loopbackFor(given) : given;
        int status = reaches(target);
        if (status != 0) {
            return status;
        }
        if (!stack.isLocal(target) && !stack.hasRoute(target)) {
            return -Errno.ENETUNREACH;
        }
        long bound = autobind();
        if (bound != 0) {
            return bound;
        }
        chooseSource(target);
        remote = target;
        return 0;
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
        if (sendShut) {
            return brokenPipe(task, message);
        }
        if (error != 0) {
            return -takeError();
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
        return status != 0 ? status : sendTo(target, source, message);
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
        if (from.isAny()) {
            from = stack.sourceFor(target).withPort(local.port());
        }
        UdpSocket receiver = ports().receiver(target, from);
        if (receiver == null) {
            if (remote != null) {
                portUnreachable();
            }
            return length;
        }
        PacketInfo told = receiver.ip.wantsPacketInfo() ? packetInfo(target, message) : null;
        receiver.deliver(source, length, from, told);
        return length;
    }

    private PacketInfo packetInfo(InetEndpoint target, Message message) {
        int hops = message.hops >= 0 ? message.hops : ip.hops(target);
        int trafficClass =
                message.trafficClass >= 0 ? message.trafficClass : ip.trafficClass(target);
        return new PacketInfo(target, hops, trafficClass);
    }

    /** An ICMP error came back for what a connected socket sent; udp(7), ECONNREFUSED. */
    void portUnreachable() {
        error = Errno.ECONNREFUSED;
        queue.wake(PollEvents.ERR);
    }

    /** Queues a datagram, or drops it where the receive buffer is full. */
    void deliver(IoBuffer source, int length, InetEndpoint from, @Nullable PacketInfo told) {
        InetEndpoint peer = remote;
        boolean wanted = peer == null || (peer.sameAddress(from) && peer.port() == from.port());
        if (wanted
                && !receiveShut
                && received.hasRoom(length, options.receiveBuffer)
                && received.add(source, length, from, told)) {
            queue.wake(PollEvents.READABLE);
        }
    }

    @Override
    public long receive(Task task, IoBuffer target, Message message) {
        if (message.has(SocketConstants.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EINVAL;
        }
        if (error != 0) {
            return -takeError();
        }
        if (received.isEmpty()) {
            return receiveShut ? 0 : waitToReceive(task, PollEvents.READABLE, message.flags);
        }
        int length = received.firstLength();
        message.address = received.firstSource();
        message.packet = (PacketInfo) received.extra();
        long copied = received.copyFirst(target);
        if (copied < length) {
            message.received |= SocketConstants.MSG_TRUNC;
        }
        if (!message.has(SocketConstants.MSG_PEEK)) {
            received.removeFirst();
        }
        return message.has(SocketConstants.MSG_TRUNC) ? length : copied;
    }

    @Override
    public int poll() {
        int events = PollEvents.WRITABLE;
        if (receiveShut) {
            events |= PollEvents.READABLE | PollEvents.RDHUP;
        } else if (!received.isEmpty()) {
            events |= PollEvents.READABLE;
        }
        if (receiveShut && sendShut) {
            events |= PollEvents.HUP;
        }
        return error == 0 ? events : events | PollEvents.ERR;
    }

    @Override
    public long shutdown(int how) {
        receiveShut |= how != SocketConstants.SHUT_WR;
        sendShut |= how != SocketConstants.SHUT_RD;
        queue.wakeAll();
        return remote == null ? -Errno.ENOTCONN : 0;
    }

    @Override
    public @Nullable SocketAddress peerAddress() {
        return remote;
    }

    @Override
    public int takeError() {
        int taken = error;
        error = 0;
        return taken;
    }

    @Override
    public long readableBytes() {
        return received.isEmpty() ? 0 : received.firstLength();
    }

    @Override
    protected void closeSocket() {
        unbind();
        received.clear();
        outside.close();
    }
}
