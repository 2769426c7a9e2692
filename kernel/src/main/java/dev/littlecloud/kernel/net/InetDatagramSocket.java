package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** What UDP, ping and raw sockets share: whole messages, with sources. Guarded by the instance lock. */
public abstract class InetDatagramSocket extends InetSocket {
    private final DatagramQueue received;
    private boolean receiveShut;
    private boolean sendShut;
    private int error;

    protected InetDatagramSocket(
            NetworkStack stack, int family, int type, int protocol, int uid, int gid) {
        super(stack, family, type, protocol, uid, gid);
        this.received = new DatagramQueue(stack.memory());
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
        if (!leadsAnywhere(target)) {
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

    private boolean leadsAnywhere(InetEndpoint target) {
        return target.isMulticast()
                ? multicastInterface(target) != 0
                : stack.isLocal(target) || stack.hasRoute(target);
    }

    /** What keeps a message from being sent, before its destination is looked at, or 0. */
    protected final long refusalToSend(Task task, Message message) {
        if (sendShut) {
            return brokenPipe(task, message);
        }
        return error != 0 ? -takeError() : 0;
    }

    /** An ICMP error came back for what a connected socket sent; udp(7), ECONNREFUSED. */
    final void portUnreachable() {
        error = Errno.ECONNREFUSED;
        queue.wake(PollEvents.ERR);
    }

    /** Queues a message: false where the receive buffer is full, or nobody will receive. */
    protected final boolean enqueue(
            IoBuffer source, int length, InetEndpoint from, @Nullable PacketInfo told) {
        boolean taken =
                !receiveShut
                        && received.hasRoom(length, options.receiveBuffer)
                        && received.add(source, length, from, told);
        if (taken) {
            queue.wake(PollEvents.READABLE);
        }
        return taken;
    }

    @Override
    public final long receive(Task task, IoBuffer target, Message message) {
        if (message.has(SocketConstants.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        if (message.has(SocketConstants.MSG_OOB)) {
            return refusalOfUrgent();
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

    /** What MSG_OOB answers to a receiver. */
    protected long refusalOfUrgent() {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public final int poll() {
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
    public final long shutdown(int how) {
        receiveShut |= how != SocketConstants.SHUT_WR;
        sendShut |= how != SocketConstants.SHUT_RD;
        queue.wakeAll();
        return remote == null ? -Errno.ENOTCONN : 0;
    }

    @Override
    public final @Nullable SocketAddress peerAddress() {
        return remote;
    }

    @Override
    public final int takeError() {
        int taken = error;
        error = 0;
        return taken;
    }

    @Override
    public final long readableBytes() {
        return received.isEmpty() ? 0 : received.firstLength();
    }

    @Override
    protected void closeSocket() {
        unbind();
        received.clear();
        groups.leaveAll();
    }
}
