package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.Action;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection that leaves the instance through a {@link HostStream}. Bytes go between the guest's
 * buffers and the host's; what the guest does not read stays in the host's receive buffer, whose
 * window then holds the sender back. Guarded by the instance lock.
 */
final class HostTransport implements StreamTransport, HostEvents {
    private final NetworkStack stack;
    private final HostStream stream;
    private final SocketOptions options;
    private final WaitQueue queue;

    /** What was read to answer poll(2), FIONREAD or MSG_PEEK. */
    private final ByteQueue ahead;

    /** Events that the poller told and nobody has handled: the poller does not hold the lock. */
    private final AtomicInteger told = new AtomicInteger();

    private final Action happened = this::happened;

    private @Nullable TcpSocket connecting;

    /** The poller will tell when there is something to read; until then there is nothing. */
    private boolean readArmed;

    private boolean writeArmed;
    private boolean finReceived;
    private boolean receiveShut;
    private boolean sendShut;
    private boolean closed;
    private boolean keepAlive;
    private int error;

    HostTransport(NetworkStack stack, HostStream stream, SocketOptions options, WaitQueue queue) {
        this.stack = stack;
        this.stream = stream;
        this.options = options;
        this.queue = queue;
        this.ahead = new ByteQueue(stack.memory());
        stream.listener(this);
        optionsChanged();
    }

    /** The host is connecting on behalf of {@code socket}. */
    void connecting(TcpSocket socket) {
        connecting = socket;
        writeArmed = true;
        stream.want(HostStream.WRITE);
    }

    /** The instance goes on, as a clone that may have lost the connection. */
    void thawed() {
        if (stream instanceof LostStream) {
            told.set(HostStream.READ | HostStream.WRITE);
            happened();
        }
    }

    @Override
    public void ready(int events) {
        told.accumulateAndGet(events, (before, more) -> before | more);
        stack.fromHost(happened);
    }

    @Override
    public boolean isToldLater() {
        return stack.kernel().scheduler().callServer().answers().isToldLater();
    }

    @Override
    public void soon(Runnable news) {
        stack.kernel().scheduler().callServer().answers().soon(news);
    }

    private void happened() {
        int events = told.getAndSet(0);
        if (closed) {
            return;
        }
        int woken = 0;
        if ((events & HostStream.WRITE) != 0) {
            writeArmed = false;
            woken |= PollEvents.WRITABLE;
            TcpSocket socket = connecting;
            if (socket != null) {
                connecting = null;
                finishConnect(socket);
                return;
            }
        }
        if ((events & HostStream.READ) != 0) {
            readArmed = false;
            woken |= PollEvents.READABLE | PollEvents.RDHUP;
        }
        queue.wake(woken);
    }

    private void finishConnect(TcpSocket socket) {
        int failure = -stream.finishConnect();
        if (failure != 0) {
            closed = true;
            stream.close(false);
        } else {
            armRead();
        }
        socket.connectFinished(failure);
    }

    private void armRead() {
        if (!readArmed && !finReceived && !closed) {
            readArmed = true;
            stream.want(HostStream.READ);
        }
    }

    private void armWrite() {
        if (!writeArmed && !closed) {
            writeArmed = true;
            stream.want(HostStream.WRITE);
        }
    }

    @Override
    public long receive(IoBuffer target, boolean peek, long from) {
        if (peek) {
            fill();
        }
        long there = ahead.size() - from;
        if (there > 0) {
            long length = Math.min(there, target.remaining());
            if (peek) {
                ahead.peek(target, from, length);
            } else {
                ahead.take(target, length);
                if (ahead.size() == 0) {
                    // Edge-triggered epoll must hear of what comes next, though nobody asks.
                    armRead();
                }
            }
            return length;
        }
        return peek ? nothingThere() : receiveDirectly(target);
    }

    private long receiveDirectly(IoBuffer target) {
        long done = 0;
        Bounce bounce = Bounce.get();
        while (target.remaining() > 0 && mayRead()) {
            int length = (int) Math.min(target.remaining(), Bounce.SIZE);
            int count = stream.read(bounce.limited(length));
            if (count <= 0) {
                notRead(count);
                break;
            }
            put(target, bounce, count);
            done += count;
            if (count < length) {
                armRead();
                break;
            }
        }
        return done > 0 || target.remaining() == 0 ? done : nothingThere();
    }

    /** Hands bytes over; what a bad address of the guest refuses is kept for the next read. */
    private void put(IoBuffer target, Bounce bounce, int count) {
        long start = target.position();
        try {
            target.put(bounce.segment, 0, count);
        } catch (GuestFault fault) {
            bounce.io.reset(count);
            bounce.io.position(target.position() - start);
            ahead.append(bounce.io, bounce.io.remaining());
            throw fault;
        }
    }

    /** Whether a read of the host's channel may find something. */
    private boolean mayRead() {
        return !readArmed && !finReceived && !closed && error == 0;
    }

    private void notRead(int status) {
        if (status == HostStream.END) {
            finReceived = true;
            receiveShut = true;
        } else if (status == -Errno.EAGAIN) {
            armRead();
        } else {
            fail(-status);
        }
    }

    /** The connection broke. */
    private void fail(int errno) {
        error = errno;
        receiveShut = true;
        sendShut = true;
        closed = true;
        stream.close(false);
    }

    private long nothingThere() {
        if (error != 0) {
            return -takeError();
        }
        return receiveShut || closed ? 0 : -Errno.EAGAIN;
    }

    /** Reads ahead a little, so that what is there can be told. */
    private void fill() {
        if (ahead.size() > 0 || !mayRead()) {
            return;
        }
        Bounce bounce = Bounce.get();
        int count = stream.read(bounce.limited(Chunk.SIZE));
        if (count <= 0) {
            notRead(count);
            return;
        }
        bounce.io.reset(count);
        if (ahead.append(bounce.io, count) < count) {
            // The instance's memory for sockets is used up, and these bytes are lost.
            fail(Errno.ENOBUFS);
        }
    }

    @Override
    public long discard(long length) {
        fill();
        long skipped = Math.min(length, ahead.size());
        if (skipped == 0) {
            return nothingThere();
        }
        ahead.skip(skipped);
        if (ahead.size() == 0) {
            armRead();
        }
        return skipped;
    }

    @Override
    public long send(IoBuffer source) {
        if (error != 0) {
            return -takeError();
        }
        if (sendShut) {
            return -Errno.EPIPE;
        }
        if (writeArmed) {
            return -Errno.EAGAIN;
        }
        Bounce bounce = Bounce.get();
        int length = (int) Math.min(source.remaining(), Bounce.SIZE);
        long start = source.position();
        source.get(bounce.segment, 0, length);
        int count = stream.write(bounce.limited(length));
        if (count < length) {
            source.position(start + Math.max(count, 0));
            if (count >= 0 || count == -Errno.EAGAIN) {
                armWrite();
                return count > 0 ? count : -Errno.EAGAIN;
            }
            fail(-count);
            return -takeError();
        }
        return count;
    }

    @Override
    public long sendUrgent(IoBuffer source) {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public long receiveUrgent(IoBuffer target, boolean peek) {
        return -Errno.EINVAL;
    }

    @Override
    public boolean isAtMark() {
        return false;
    }

    @Override
    public int poll() {
        int events = 0;
        if (ahead.size() < options.lowWater) {
            fill();
        }
        if (receiveShut) {
            events |= PollEvents.READABLE | PollEvents.RDHUP;
        } else if (ahead.size() > 0) {
            events |= PollEvents.READABLE;
        }
        if (closed || (receiveShut && sendShut)) {
            events |= PollEvents.HUP;
        }
        if (sendShut || !writeArmed) {
            events |= PollEvents.WRITABLE;
        }
        return error == 0 ? events : events | PollEvents.ERR;
    }

    @Override
    public long readableBytes() {
        fill();
        return ahead.size();
    }

    @Override
    public long unsentBytes() {
        return 0;
    }

    @Override
    public int takeError() {
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
            stream.shutdownOutput();
        }
        queue.wakeAll();
    }

    @Override
    public boolean isOver() {
        return closed || (finReceived && sendShut);
    }

    @Override
    public void optionsChanged() {
        if (options.keepAlive != keepAlive) {
            keepAlive = options.keepAlive;
            stream.keepAlive(keepAlive);
        }
    }

    @Override
    public void close(boolean reset) {
        boolean unread = ahead.size() > 0;
        ahead.clear();
        if (!closed) {
            closed = true;
            stream.close(reset || unread);
        }
    }
}
