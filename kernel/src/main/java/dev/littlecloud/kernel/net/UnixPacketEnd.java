package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a SOCK_SEQPACKET connection. Guarded by the instance lock. */
final class UnixPacketEnd implements UnixCarrier {
    private final DatagramQueue incoming;
    private final SocketOptions options;
    private final WaitQueue queue;
    private @Nullable UnixPacketEnd peer;
    private boolean receiveShut;
    private boolean sendShut;
    private int error;

    UnixPacketEnd(SocketMemory memory, SocketOptions options, WaitQueue queue) {
        this.incoming = new DatagramQueue(memory);
        this.options = options;
        this.queue = queue;
    }

    static void join(UnixPacketEnd one, UnixPacketEnd other) {
        one.peer = other;
        other.peer = one;
    }

    @Override
    public SocketOptions receiver() {
        UnixPacketEnd to = peer;
        return to == null ? options : to.options;
    }

    @Override
    public void optionsChanged() {}

    @Override
    public long send(IoBuffer source, @Nullable Ancillary carried) {
        UnixPacketEnd to = peer;
        if (sendShut || to == null || to.receiveShut) {
            return -Errno.EPIPE;
        }
        int length = (int) source.remaining();
        if (length > options.sendBuffer - 32) {
            return -Errno.EMSGSIZE;
        }
        if (!to.incoming.hasRoom(length, options.sendBuffer)) {
            return -Errno.EAGAIN;
        }
        if (!to.incoming.add(source, length, null, carried)) {
            return -Errno.ENOBUFS;
        }
        to.queue.wake(PollEvents.READABLE);
        return length;
    }

    @Override
    public long receive(IoBuffer target, Message message) {
        if (incoming.isEmpty()) {
            if (error != 0) {
                return -takeError();
            }
            return receiveShut ? 0 : -Errno.EAGAIN;
        }
        int length = incoming.firstLength();
        long copied = incoming.copyFirst(target);
        if (copied < length) {
            message.received |= SocketConstants.MSG_TRUNC;
        }
        message.received |= SocketConstants.MSG_EOR;
        Ancillary carried = (Ancillary) incoming.extra();
        if (message.has(SocketConstants.MSG_PEEK)) {
            message.ancillary = carried == null ? null : carried.copy();
        } else {
            message.ancillary = carried;
            incoming.removeFirst();
            if (peer != null) {
                peer.queue.wake(PollEvents.WRITABLE);
            }
        }
        return message.has(SocketConstants.MSG_TRUNC) ? length : copied;
    }

    @Override
    public int poll() {
        int events = 0;
        if (receiveShut) {
            events |= PollEvents.READABLE | PollEvents.RDHUP;
        } else if (!incoming.isEmpty()) {
            events |= PollEvents.READABLE;
        }
        if (receiveShut && sendShut) {
            events |= PollEvents.HUP;
        }
        UnixPacketEnd to = peer;
        if (to == null || to.incoming.charged() * 4 <= options.sendBuffer) {
            events |= PollEvents.WRITABLE;
        }
        return error == 0 ? events : events | PollEvents.ERR;
    }

    @Override
    public long readableBytes() {
        return incoming.isEmpty() ? 0 : incoming.firstLength();
    }

    @Override
    public long unsentBytes() {
        UnixPacketEnd to = peer;
        return to == null ? 0 : to.incoming.charged();
    }

    @Override
    public int takeError() {
        int taken = error;
        error = 0;
        return taken;
    }

    @Override
    public void shutdown(int how) {
        UnixPacketEnd other = peer;
        if (how != SocketConstants.SHUT_WR) {
            receiveShut = true;
            if (other != null) {
                other.sendShut = true;
            }
        }
        if (how != SocketConstants.SHUT_RD) {
            sendShut = true;
            if (other != null) {
                other.receiveShut = true;
            }
        }
        queue.wakeAll();
        if (other != null) {
            other.queue.wakeAll();
        }
    }

    @Override
    public void forEachMessage(Consumer<Ancillary> visitor) {
        incoming.forEachAncillary(visitor);
    }

    @Override
    public void close() {
        boolean unread = !incoming.isEmpty();
        incoming.clear();
        UnixPacketEnd other = peer;
        peer = null;
        receiveShut = true;
        sendShut = true;
        if (other != null) {
            other.peer = null;
            other.receiveShut = true;
            other.sendShut = true;
            if (unread) {
                other.error = Errno.ECONNRESET;
            }
            other.queue.wakeAll();
        }
    }
}
