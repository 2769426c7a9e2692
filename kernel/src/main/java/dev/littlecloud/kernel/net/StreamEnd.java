package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import org.jspecify.annotations.Nullable;

/**
 * One end of a byte stream inside the instance. Bytes go straight into the other end's queue; there
 * are no packets. Ends and errors appear in the order that Linux' loopback shows (tcp_poll,
 * tcp_reset; compared with it by the conformance tests). Guarded by the instance lock.
 */
class StreamEnd implements StreamTransport {
    /** What a direction holds where no program chose a size: Linux' loopback grows to megabytes. */
    private static final long AUTOMATIC_CAPACITY = 1 << 20;

    final ByteQueue incoming;
    final SocketOptions options;
    final WaitQueue queue;

    /** The other end, until it is closed. */
    @Nullable StreamEnd peer;

    boolean receiveShut;
    boolean sendShut;

    /** The other end said that it sends no more, as against our own shutdown(SHUT_RD). */
    private boolean finReceived;

    private boolean closed;
    int error;

    /** Made when the first urgent byte comes. */
    private @Nullable UrgentByte urgent;

    /** Most bytes in {@link #incoming}. */
    private long capacity = AUTOMATIC_CAPACITY;

    /**
     * @param options of the owning socket
     * @param queue woken when something changes at this end
     */
    StreamEnd(SocketMemory memory, SocketOptions options, WaitQueue queue) {
        this.incoming = new ByteQueue(memory);
        this.options = options;
        this.queue = queue;
    }

    /** Connects two ends. */
    static void join(StreamEnd one, StreamEnd other) {
        one.peer = other;
        other.peer = one;
        one.optionsChanged();
    }

    @Override
    public void optionsChanged() {
        StreamEnd other = peer;
        if (other != null) {
            capacity = capacity(other.options, options);
            other.capacity = capacity(options, other.options);
        }
    }

    /** Most bytes under way from one socket to another. */
    long capacity(SocketOptions sender, SocketOptions receiver) {
        return sender.isSendBufferSet || receiver.isReceiveBufferSet
                ? (long) sender.sendBuffer + receiver.receiveBuffer
                : AUTOMATIC_CAPACITY;
    }

    @Override
    public long send(IoBuffer source) {
        if (error != 0) {
            return -takeError();
        }
        if (sendShut) {
            return -Errno.EPIPE;
        }
        StreamEnd to = peer;
        if (to == null || (to.receiveShut && to.sendShut)) {
            return refuse(source, to);
        }
        return deliver(source, to, source.remaining());
    }

    @Override
    public final long sendUrgent(IoBuffer source) {
        StreamEnd to = peer;
        if (error != 0 || sendShut || to == null) {
            return send(source);
        }
        long length = source.remaining();
        if (length == 0) {
            return 0;
        }
        if (to.capacity - to.incoming.size() < length) {
            return -Errno.EAGAIN;
        }
        boolean inline = to.options.oobInline;
        long before = to.incoming.size();
        if (inline || length > 1) {
            long sent = deliver(source, to, inline ? length : length - 1);
            if (sent < 0) {
                return sent;
            }
        }
        if (to.urgent == null) {
            to.urgent = new UrgentByte();
        }
        byte value = inline ? 0 : to.urgent.last(source);
        to.urgent.arrive(value, before + length - 1, inline);
        to.queue.wake(PollEvents.PRI | (inline ? PollEvents.READABLE : 0));
        return length;
    }

    @Override
    public final long receiveUrgent(IoBuffer target, boolean peek) {
        return urgent == null ? -Errno.EINVAL : urgent.receive(target, peek);
    }

    @Override
    public final boolean isAtMark() {
        return urgent != null && urgent.isAtMark();
    }

    final long deliver(IoBuffer source, StreamEnd to, long length) {
        if (length == 0) {
            return 0;
        }
        long room = to.capacity - to.incoming.size();
        if (room <= 0) {
            return -Errno.EAGAIN;
        }
        long before = to.incoming.size();
        try {
            to.incoming.append(source, Math.min(room, length));
        } finally {
            // Also where the guest's address went bad half way: these bytes are sent.
            if (to.incoming.size() > before) {
                to.queue.wake(PollEvents.READABLE);
            }
        }
        long moved = to.incoming.size() - before;
        if (moved == 0) {
            return before == 0 ? -Errno.ENOBUFS : -Errno.EAGAIN;
        }
        return moved;
    }

    /** The bytes go out, and a reset comes back: nobody will read them. */
    private long refuse(IoBuffer source, @Nullable StreamEnd to) {
        long length = source.remaining();
        source.position(source.position() + length);
        if (length > 0) {
            reset();
            if (to != null) {
                to.peer = null;
            }
        }
        return length;
    }

    /** A reset came from the other end. */
    private void reset() {
        error = finReceived ? Errno.EPIPE : Errno.ECONNRESET;
        closed = true;
        receiveShut = true;
        sendShut = true;
        peer = null;
        queue.wakeAll();
    }

    @Override
    public long receive(IoBuffer target, boolean peek, long from) {
        long there = incoming.size() - from;
        if (there <= 0) {
            return nothingToReceive(target);
        }
        long length = Math.min(there, target.remaining());
        if (urgent != null) {
            length = urgent.limit(length);
        }
        if (peek) {
            incoming.peek(target, from, length);
            return length;
        }
        boolean wasWritable = hasRoom();
        try {
            incoming.take(target, length);
        } finally {
            tellSender(wasWritable);
        }
        if (urgent != null) {
            urgent.consumed(length);
        }
        return length;
    }

    private long nothingToReceive(IoBuffer target) {
        if (target.remaining() == 0) {
            return 0;
        }
        return nothingThere();
    }

    private long nothingThere() {
        if (finReceived) {
            return 0;
        }
        if (error != 0) {
            return -takeError();
        }
        return receiveShut ? 0 : -Errno.EAGAIN;
    }

    @Override
    public long discard(long length) {
        if (incoming.size() == 0) {
            return nothingThere();
        }
        long skipped = Math.min(length, incoming.size());
        boolean wasWritable = hasRoom();
        incoming.skip(skipped);
        tellSender(wasWritable);
        return skipped;
    }

    /** The sender hears of room only when it is worth a wake-up; sk_stream_write_space(). */
    private void tellSender(boolean wasWritable) {
        StreamEnd sender = peer;
        if (sender != null && !wasWritable && hasRoom()) {
            sender.queue.wake(PollEvents.WRITABLE);
        }
    }

    /** Whether a third of the queue is free, at which a sender is writable again. */
    private boolean hasRoom() {
        return capacity - incoming.size() >= capacity / 3;
    }

    @Override
    public int poll() {
        int events = 0;
        if (receiveShut) {
            events |= PollEvents.READABLE | PollEvents.RDHUP;
        } else if (incoming.size() >= options.lowWater) {
            events |= PollEvents.READABLE;
        }
        if (closed || (receiveShut && sendShut)) {
            events |= PollEvents.HUP;
        }
        StreamEnd to = peer;
        if (sendShut || to == null || to.hasRoom()) {
            events |= PollEvents.WRITABLE;
        }
        if (urgent != null && urgent.isWaiting()) {
            events |= PollEvents.PRI;
        }
        return error == 0 ? events : events | PollEvents.ERR;
    }

    @Override
    public final long readableBytes() {
        return incoming.size();
    }

    @Override
    public long unsentBytes() {
        // TCP counts what is not acknowledged, and inside an instance all is at once.
        return 0;
    }

    @Override
    public final int takeError() {
        int taken = error;
        error = 0;
        return taken;
    }

    @Override
    public void shutdown(int how) {
        if (how != SocketConstants.SHUT_WR) {
            receiveShut = true;
        }
        if (how != SocketConstants.SHUT_RD && !sendShut) {
            sendShut = true;
            StreamEnd other = peer;
            if (other != null) {
                other.endOfStream();
            }
        }
        queue.wakeAll();
    }

    private void endOfStream() {
        receiveShut = true;
        finReceived = true;
        queue.wake(PollEvents.READABLE | PollEvents.RDHUP | PollEvents.HUP | PollEvents.WRITABLE);
    }

    @Override
    public final boolean isOver() {
        return closed || (finReceived && sendShut);
    }

    @Override
    public void close(boolean reset) {
        boolean unread = incoming.size() > 0;
        incoming.clear();
        closed = true;
        StreamEnd other = peer;
        peer = null;
        if (other == null) {
            return;
        }
        // The other end may go on to send; what comes is answered with a reset.
        other.peer = null;
        if (reset || unread) {
            other.reset();
        } else {
            other.endOfStream();
        }
    }
}
