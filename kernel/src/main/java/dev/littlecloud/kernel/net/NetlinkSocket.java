package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket: NETLINK_ROUTE reads interfaces, addresses and routes (rtnetlink(7)),
 * NETLINK_SOCK_DIAG knows of no family, and NETLINK_KOBJECT_UEVENT tells of devices that come and
 * go, which none does here.
 */
public final class NetlinkSocket extends Socket {
    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int NETLINK_KOBJECT_UEVENT = 15;
    private static final int MAX_REQUEST = 4096;
    private static final NetlinkAddress KERNEL = new NetlinkAddress(0, 0);

    private final DatagramQueue received;
    private NetlinkAddress address = KERNEL;
    private NetlinkAddress peer = KERNEL;

    /** Whether there are such sockets. */
    static boolean isKnown(int protocol) {
        return protocol == NETLINK_ROUTE
                || protocol == NETLINK_SOCK_DIAG
                || protocol == NETLINK_KOBJECT_UEVENT;
    }

    NetlinkSocket(NetworkStack stack, Task task, int type, int protocol) {
        super(
                stack,
                SocketConstants.AF_NETLINK,
                type,
                protocol,
                task.credentials().euid(),
                task.credentials().egid());
        this.received = new DatagramQueue(stack.memory());
    }

    @Override
    public long bind(Task task, SocketAddress wanted) {
        NetlinkAddress given = (NetlinkAddress) wanted;
        if (given.portId() != 0) {
            if (address.portId() != 0 && address.portId() != given.portId()) {
                return -Errno.EINVAL;
            }
            address = given;
        } else {
            autobind(task);
            address = new NetlinkAddress(address.portId(), given.groups());
        }
        return 0;
    }

    /** The first netlink socket of a process gets its id, others something else; netlink(7). */
    private void autobind(Task task) {
        if (address.portId() == 0) {
            address = new NetlinkAddress(stack.netlinkPort(task.group().pid()), address.groups());
        }
    }

    @Override
    public long connect(Task task, @Nullable SocketAddress wanted) {
        autobind(task);
        peer = wanted == null ? KERNEL : (NetlinkAddress) wanted;
        return 0;
    }

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        NetlinkAddress to = message.address instanceof NetlinkAddress given ? given : peer;
        if (to.portId() != 0) {
            return -Errno.ECONNREFUSED;
        }
        autobind(task);
        int length = (int) source.remaining();
        if (length > MAX_REQUEST) {
            return -Errno.EMSGSIZE;
        }
        byte[] request = new byte[length];
        source.get(request, 0, length);
        for (byte[] answer : answers(request)) {
            if (received.hasRoom(answer.length, options.receiveBuffer)) {
                received.add(new KernelIo(answer), answer.length, KERNEL, null);
            }
        }
        queue.wake(PollEvents.READABLE);
        return length;
    }

    private List<byte[]> answers(byte[] request) {
        return switch (protocol) {
            case NETLINK_ROUTE ->
                    new RouteRequests(stack.config(), stack.counters(), address.portId())
                            .answer(request);
            case NETLINK_SOCK_DIAG -> new DiagRequests(address.portId()).answer(request);
            default -> List.of();
        };
    }

    @Override
    public long receive(Task task, IoBuffer target, Message message) {
        if (received.isEmpty()) {
            return waitToReceive(task, PollEvents.READABLE, message.flags);
        }
        int length = received.firstLength();
        message.address = received.firstSource();
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
        return received.isEmpty() ? PollEvents.WRITABLE : PollEvents.WRITABLE | PollEvents.READABLE;
    }

    @Override
    public long shutdown(int how) {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public SocketAddress localAddress() {
        return address;
    }

    @Override
    public SocketAddress peerAddress() {
        return peer;
    }

    @Override
    public int takeError() {
        return 0;
    }

    @Override
    protected void closeSocket() {
        received.clear();
        stack.netlinkPortFree(address.portId());
    }
}
