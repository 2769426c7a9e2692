package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;

/**
 * A raw socket for ICMP: it sends any message, and hears all that come in; raw(7). Its port is the
 * protocol. Guarded by the instance lock.
 */
final class RawSocket extends InetDatagramSocket {
    private static final int MAX_MESSAGE = 65535;

    /** ICMP types that do not come in: ICMP_FILTER, ICMP6_FILTER. */
    private final int[] blockedTypes;

    RawSocket(NetworkStack stack, int family, int protocol, int uid, int gid) {
        super(stack, family, SocketConstants.SOCK_RAW, protocol, uid, gid);
        // INET_PROTOSW_REUSE of af_inet.c.
        options.reuseAddress = true;
        this.blockedTypes = new int[isV4() ? 1 : 8];
        bindTo(local);
    }

    boolean isV4() {
        return family == SocketConstants.AF_INET;
    }

    int[] blockedTypes() {
        return blockedTypes;
    }

    @Override
    int ephemeralPort() {
        return protocol;
    }

    @Override
    boolean portConflicts() {
        return false;
    }

    @Override
    void takePort() {
        stack.icmp().rawSockets().add(this);
    }

    @Override
    void leavePort() {
        stack.icmp().rawSockets().remove(this);
    }

    @Override
    public long bind(Task task, SocketAddress address) {
        InetEndpoint wanted = (InetEndpoint) address;
        if (!stack.isBindable(wanted) || wanted.isV4() != isV4()) {
            return -Errno.EADDRNOTAVAIL;
        }
        local = wanted.withPort(protocol);
        return 0;
    }

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        long length = source.remaining();
        if (length > MAX_MESSAGE - (isV4() ? Icmp.IPV4_HEADER_BYTES : 0)) {
            return -Errno.EMSGSIZE;
        }
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        InetEndpoint given = (InetEndpoint) message.address;
        InetEndpoint target = given != null ? given : remote;
        if (target == null) {
            return -Errno.EDESTADDRREQ;
        }
        if (target.isV4() != isV4()) {
            return -Errno.EAFNOSUPPORT;
        }
        long status = refusalToSend(task, message);
        if (status != 0) {
            return status;
        }
        byte[] bytes = new byte[(int) length];
        source.get(bytes, 0, bytes.length);
        status = stack.icmp().send(this, target, bytes, message);
        return status == 0 ? length : status;
    }

    /** Whether a packet with these addresses and this ICMP type is for the socket. */
    boolean wants(InetEndpoint source, InetEndpoint destination, int type) {
        InetEndpoint peer = remote;
        return isV4() == destination.isV4()
                && (local.isAny() || local.sameAddress(destination))
                && (peer == null || peer.sameAddress(source))
                && (type >= blockedTypes.length * 32
                        || (blockedTypes[type >>> 5] & 1 << (type & 31)) == 0);
    }

    void deliver(IoBuffer packet, int length, InetEndpoint from, PacketInfo told) {
        enqueue(packet, length, from, told);
    }
}
