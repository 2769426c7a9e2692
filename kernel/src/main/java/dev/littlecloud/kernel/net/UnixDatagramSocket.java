package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Unix datagram socket: reliable, in order, and it holds the sender back; unix(7). */
public final class UnixDatagramSocket extends UnixSocket {
    private final DatagramQueue received;

    /** Sockets connected to this one, whose writability depends on this one's queue. */
    private final List<UnixDatagramSocket> senders = new ArrayList<>(1);

    /** Tasks that wait to send here. */
    private final WaitQueue room = new WaitQueue();

    private @Nullable UnixDatagramSocket peer;
    private PeerCredentials peerCredentials = PeerCredentials.NOBODY;
    private boolean receiveShut;
    private boolean sendShut;
    private boolean closed;
    private int error;

    UnixDatagramSocket(NetworkStack stack, Task task) {
        super(stack, task, SocketConstants.SOCK_DGRAM);
        this.received = new DatagramQueue(stack.memory());
    }

    @Override
    public void pair(Task task, UnixSocket other) {
        UnixDatagramSocket second = (UnixDatagramSocket) other;
        attach(second);
        second.attach(this);
        peerCredentials = PeerCredentials.of(task);
        second.peerCredentials = peerCredentials;
    }

    private void attach(UnixDatagramSocket newPeer) {
        detach();
        peer = newPeer;
        newPeer.senders.add(this);
    }

    private void detach() {
        if (peer != null) {
            peer.senders.remove(this);
            peer = null;
        }
    }

    @Override
    PeerCredentials peerCredentials() {
        return peerCredentials;
    }

    @Override
    public long connect(Task task, @Nullable SocketAddress wanted) {
        if (wanted == null) {
            detach();
            return 0;
        }
        UnixDatagramSocket found = resolve(task, (UnixAddress) wanted);
        if (found == null) {
            return -lookupErrno;
        }
        attach(found);
        return 0;
    }

    private int lookupErrno;

    /** The datagram socket with a name; null with the reason in {@link #lookupErrno}. */
    private @Nullable UnixDatagramSocket resolve(Task task, UnixAddress name) {
        if (name.isUnnamed()) {
            lookupErrno = Errno.EINVAL;
            return null;
        }
        int status = stack.unixNames().find(task, name);
        if (status != 0) {
            lookupErrno = -status;
            return null;
        }
        if (stack.unixNames().found() instanceof UnixDatagramSocket found) {
            boolean open = found.peer == null || found.peer == this;
            lookupErrno = Errno.EPERM;
            return open ? found : null;
        }
        lookupErrno = Errno.EPROTOTYPE;
        return null;
    }

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        Ancillary sent = message.ancillary;
        message.ancillary = null;
        long result = -Errno.EFAULT;
        try {
            result = sendMessage(task, source, message, sent);
        } finally {
            if (result < 0 && sent != null) {
                sent.drop();
            }
        }
        return result;
    }

    private long sendMessage(
            Task task, IoBuffer source, Message message, @Nullable Ancillary sent) {
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        int length = (int) source.remaining();
        UnixDatagramSocket to = peer;
        if (message.address instanceof UnixAddress name) {
            to = resolve(task, name);
            if (to == null) {
                return -lookupErrno;
            }
        }
        if (to == null) {
            return error != 0 ? -takeError() : -Errno.ENOTCONN;
        }
        if (sendShut) {
            return brokenPipe(task, message);
        }
        if (to.closed) {
            detach();
            return -Errno.ECONNREFUSED;
        }
        if (to.receiveShut) {
            return brokenPipe(task, message);
        }
        if (length > options.sendBuffer - 32) {
            return -Errno.EMSGSIZE;
        }
        if (!to.received.hasRoom(length, options.sendBuffer)) {
            return waitForRoom(task, to, message);
        }
        message.ancillary = sent;
        Ancillary carried = carried(task, message, options, to.options);
        message.ancillary = null;
        if (carried != null && !carried.send(stack)) {
            carried.drop();
            return -Errno.ETOOMANYREFS;
        }
        if (!add(to, source, length, carried)) {
            return -Errno.ENOBUFS;
        }
        to.queue.wake(PollEvents.READABLE);
        return length;
    }

    /** A message that is not taken, or has a bad address, must not lose the files beside it. */
    private boolean add(
            UnixDatagramSocket to, IoBuffer source, int length, @Nullable Ancillary carried) {
        boolean added = false;
        try {
            added = to.received.add(source, length, address, carried);
        } finally {
            if (!added && carried != null) {
                carried.drop();
            }
        }
        return added;
    }

    private long waitForRoom(Task task, UnixDatagramSocket to, Message message) {
        long waiting = waitToSend(task, PollEvents.WRITABLE, message.flags);
        if (waiting == Task.BLOCK) {
            task.waitOn(to.room);
        }
        return waiting;
    }

    @Override
    public long receive(Task task, IoBuffer target, Message message) {
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        if (received.isEmpty()) {
            if (error != 0) {
                return -takeError();
            }
            return receiveShut ? 0 : waitToReceive(task, PollEvents.READABLE, message.flags);
        }
        int length = received.firstLength();
        message.address = received.firstSource();
        long copied = received.copyFirst(target);
        if (copied < length) {
            message.received |= SocketConstants.MSG_TRUNC;
        }
        Ancillary carried = (Ancillary) received.extra();
        if (message.has(SocketConstants.MSG_PEEK)) {
            message.ancillary = carried == null ? null : carried.copy();
        } else {
            message.ancillary = carried;
            received.removeFirst();
            wakeSenders();
        }
        return message.has(SocketConstants.MSG_TRUNC) ? length : copied;
    }

    private void wakeSenders() {
        room.wakeAll();
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).queue.wake(PollEvents.WRITABLE);
        }
    }

    @Override
    public int poll() {
        int events = 0;
        if (receiveShut) {
            events |= PollEvents.READABLE | PollEvents.RDHUP;
        } else if (!received.isEmpty()) {
            events |= PollEvents.READABLE;
        }
        if (receiveShut && sendShut) {
            events |= PollEvents.HUP;
        }
        UnixDatagramSocket to = peer;
        if (to == null || to.closed || to.received.hasRoom(1, options.sendBuffer)) {
            events |= PollEvents.WRITABLE;
        }
        return error == 0 ? events : events | PollEvents.ERR;
    }

    @Override
    public long shutdown(int how) {
        receiveShut |= how != SocketConstants.SHUT_WR;
        sendShut |= how != SocketConstants.SHUT_RD;
        queue.wakeAll();
        room.wakeAll();
        return 0;
    }

    @Override
    public @Nullable SocketAddress peerAddress() {
        return peer == null ? null : peer.address;
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
    void forEachMessage(Consumer<Ancillary> visitor) {
        received.forEachAncillary(visitor);
    }

    @Override
    void closeUnix() {
        closed = true;
        boolean unread = !received.isEmpty();
        received.clear();
        detach();
        wakeSenders();
        if (unread) {
            // unix_dgram_disconnected() of what the other end had sent.
            for (UnixDatagramSocket sender : senders) {
                sender.error = Errno.ECONNRESET;
                sender.queue.wake(PollEvents.ERR);
            }
        }
    }
}
