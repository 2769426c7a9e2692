package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;

/**
 * A socket for echo requests and their replies, which anyone may have; icmp(7). Its port is the
 * identifier of the requests. Guarded by the instance lock.
 */
final class PingSocket extends InetDatagramSocket {
    private static final int MAX_MESSAGE = 65535;

    PingSocket(NetworkStack stack, int family, int protocol, int uid, int gid) {
        super(stack, family, SocketConstants.SOCK_DGRAM, protocol, uid, gid);
        // INET_PROTOSW_REUSE of af_inet.c: who wants an identifier may share it.
        options.reuseAddress = true;
    }

    @Override
    int ephemeralPort() {
        return stack.icmp().identifiers().ephemeral();
    }

    @Override
    boolean portConflicts() {
        return stack.icmp().identifiers().conflicts(this);
    }

    @Override
    void takePort() {
        stack.icmp().identifiers().add(this);
    }

    @Override
    void leavePort() {
        stack.icmp().identifiers().remove(this);
    }

    @Override
    public long bind(Task task, SocketAddress address) {
        boolean v4 = ((InetEndpoint) address).isV4();
        return v4 == isV4() ? super.bind(task, address) : -Errno.EAFNOSUPPORT;
    }

    private boolean isV4() {
        return family == SocketConstants.AF_INET;
    }

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        long length = source.remaining();
        if (length > MAX_MESSAGE) {
            return -Errno.EMSGSIZE;
        }
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        if (length < Icmp.HEADER_BYTES) {
            return -Errno.EINVAL;
        }
        InetEndpoint given = (InetEndpoint) message.address;
        InetEndpoint target = given != null ? given : remote;
        byte[] bytes = new byte[(int) length];
        source.get(bytes, 0, bytes.length);
        int request = isV4() ? Icmp.ECHO : Icmp.ECHO_V6;
        if ((bytes[0] & 255) != request || bytes[1] != 0) {
            return -Errno.EINVAL;
        }
        if (target == null) {
            return -Errno.EDESTADDRREQ;
        }
        if (target.isV4() != isV4()) {
            return -Errno.EAFNOSUPPORT;
        }
        long status = refusalToSend(task, message);
        if (status == 0) {
            status = autobind();
        }
        if (status != 0) {
            return status;
        }
        bytes[4] = (byte) (local.port() >> 8);
        bytes[5] = (byte) local.port();
        status = stack.icmp().send(this, target, bytes, message);
        return status == 0 ? length : status;
    }

    void deliver(IoBuffer reply, int length, InetEndpoint from, PacketInfo told) {
        enqueue(reply, length, from, told);
    }
}
