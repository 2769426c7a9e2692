package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Unix socket with connections: SOCK_STREAM and SOCK_SEQPACKET. Guarded by the instance lock. */
public final class UnixConnectionSocket extends UnixSocket implements AcceptQueue.Connector {
    private @Nullable UnixCarrier carrier;
    private @Nullable AcceptQueue<UnixConnectionSocket> acceptQueue;
    private @Nullable UnixConnectionSocket fullListener;
    private UnixAddress peerName = UnixAddress.UNNAMED;
    private PeerCredentials peer = PeerCredentials.NOBODY;

    /** Who called listen(2); what those who connect see as their peer. */
    private PeerCredentials listenerCredentials = PeerCredentials.NOBODY;

    UnixConnectionSocket(NetworkStack stack, Task task, int type) {
        super(stack, task, type);
    }

    private UnixConnectionSocket(UnixConnectionSocket listener) {
        super(listener.stack, listener.type, listener.inode().uid(), listener.inode().gid());
        options.inherit(listener.options);
        address = listener.address;
    }

    private UnixCarrier newCarrier() {
        return type == SocketConstants.SOCK_STREAM
                ? new UnixStreamEnd(stack.memory(), options, queue)
                : new UnixPacketEnd(stack.memory(), options, queue);
    }

    private void join(UnixConnectionSocket other) {
        UnixCarrier own = newCarrier();
        UnixCarrier others = other.newCarrier();
        if (own instanceof UnixStreamEnd stream) {
            StreamEnd.join(stream, (UnixStreamEnd) others);
        } else {
            UnixPacketEnd.join((UnixPacketEnd) own, (UnixPacketEnd) others);
        }
        carrier = own;
        other.carrier = others;
    }

    @Override
    public void pair(Task task, UnixSocket other) {
        UnixConnectionSocket second = (UnixConnectionSocket) other;
        join(second);
        peer = PeerCredentials.of(task);
        second.peer = peer;
    }

    @Override
    PeerCredentials peerCredentials() {
        return isListening() ? listenerCredentials : peer;
    }

    // ---- Listening and connecting.

    @Override
    public boolean isListening() {
        return acceptQueue != null;
    }

    @Override
    public long listen(Task task, int backlog) {
        if (address.isUnnamed() || carrier != null) {
            return -Errno.EINVAL;
        }
        if (acceptQueue == null) {
            acceptQueue = new AcceptQueue<>();
        }
        listenerCredentials = PeerCredentials.of(task);
        acceptQueue.backlog(backlog);
        return 0;
    }

    @Override
    public long accept(Task task) {
        if (acceptQueue == null) {
            return -Errno.EINVAL;
        }
        return acceptQueue.size() > 0 ? 0 : waitToReceive(task, PollEvents.READABLE, 0);
    }

    @Override
    public Socket takeAccepted() {
        UnixConnectionSocket connection = acceptQueue == null ? null : acceptQueue.poll();
        return connection != null ? connection : super.takeAccepted();
    }

    @Override
    public long connect(Task task, @Nullable SocketAddress wanted) {
        if (wanted == null) {
            return -Errno.EINVAL;
        }
        if (carrier != null) {
            return -Errno.EISCONN;
        }
        if (acceptQueue != null) {
            return -Errno.EINVAL;
        }
        UnixAddress name = (UnixAddress) wanted;
        if (name.isUnnamed()) {
            return -Errno.EINVAL;
        }
        int status = stack.unixNames().find(task, name);
        if (status != 0) {
            return status;
        }
        UnixSocket found = stack.unixNames().found();
        if (found.type() != type) {
            return -Errno.EPROTOTYPE;
        }
        UnixConnectionSocket listener = (UnixConnectionSocket) found;
        AcceptQueue<UnixConnectionSocket> connections = listener.acceptQueue;
        if (connections == null) {
            return -Errno.ECONNREFUSED;
        }
        if (options.passCredentials) {
            autobind();
        }
        return connections.hasRoom()
                ? establish(task, listener, connections)
                : waitForRoom(task, listener, connections);
    }

    private long establish(
            Task task,
            UnixConnectionSocket listener,
            AcceptQueue<UnixConnectionSocket> connections) {
        UnixConnectionSocket child = new UnixConnectionSocket(listener);
        join(child);
        child.peer = PeerCredentials.of(task);
        child.peerName = address;
        peer = listener.listenerCredentials;
        peerName = listener.address;
        connections.add(child);
        listener.queue.wake(PollEvents.READABLE);
        queue.wake(PollEvents.WRITABLE);
        return 0;
    }

    private long waitForRoom(
            Task task,
            UnixConnectionSocket listener,
            AcceptQueue<UnixConnectionSocket> connections) {
        long waiting =
                waitFor(task, PollEvents.WRITABLE, 0, options.sendTimeoutNanos, Errno.EAGAIN);
        if (waiting == Task.BLOCK && fullListener == null) {
            fullListener = listener;
            connections.await(this);
        }
        return waiting;
    }

    @Override
    public void listenerChanged() {
        fullListener = null;
        queue.wake(PollEvents.WRITABLE);
    }

    // ---- Transfer.

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        UnixCarrier out = carrier;
        if (message.has(SocketConstants.MSG_OOB)) {
            return dropped(message, -Errno.EOPNOTSUPP);
        }
        if (out == null) {
            return dropped(message, -Errno.ENOTCONN);
        }
        if (message.address != null) {
            boolean packets = type == SocketConstants.SOCK_SEQPACKET;
            return dropped(message, packets ? -Errno.EOPNOTSUPP : -Errno.EISCONN);
        }
        boolean stream = type == SocketConstants.SOCK_STREAM;
        long done = stream && source instanceof UserIo ? task.progress() : 0;
        if (done > 0) {
            source.position(done);
            dropped(message, 0);
        }
        Ancillary carried = carried(task, message, options, out.receiver());
        message.ancillary = null;
        if (carried != null && !carried.send(stack)) {
            carried.drop();
            return -Errno.ETOOMANYREFS;
        }
        return sendAll(task, source, message, out, carried, done);
    }

    private long sendAll(
            Task task,
            IoBuffer source,
            Message message,
            UnixCarrier out,
            @Nullable Ancillary first,
            long before) {
        Ancillary carried = first;
        long done = before;
        while (true) {
            long sent = sendOrDrop(source, out, carried);
            if (sent >= 0) {
                done += sent;
                if (sent > 0 || type != SocketConstants.SOCK_STREAM) {
                    carried = null;
                }
                if (source.remaining() == 0) {
                    drop(carried);
                    return done;
                }
                if (carried == null && out.receiver().passCredentials) {
                    carried = new Ancillary(Ancillary.NO_FILES, PeerCredentials.of(task));
                }
                continue;
            }
            drop(carried);
            if (sent != -Errno.EAGAIN) {
                if (done > 0) {
                    return done;
                }
                return sent == -Errno.EPIPE ? brokenPipe(task, message) : sent;
            }
            if (done > 0 && !(source instanceof UserIo)) {
                return done;
            }
            long waiting = waitToSend(task, PollEvents.WRITABLE, message.flags);
            return pause(task, done, waiting);
        }
    }

    /** Packets move whole or not at all, so that only streams have progress to keep. */
    private long pause(Task task, long done, long waiting) {
        if (waiting != Task.BLOCK) {
            return done > 0 ? done : waiting;
        }
        if (type == SocketConstants.SOCK_STREAM) {
            task.progress(done);
        }
        return waiting;
    }

    /** A bad address of the guest must not lose the files that were to be sent. */
    private static long sendOrDrop(IoBuffer source, UnixCarrier out, @Nullable Ancillary carried) {
        try {
            return out.send(source, carried);
        } catch (GuestFault fault) {
            drop(carried);
            throw fault;
        }
    }

    private static void drop(@Nullable Ancillary carried) {
        if (carried != null) {
            carried.drop();
        }
    }

    private static long dropped(Message message, long status) {
        drop(message.ancillary);
        message.ancillary = null;
        return status;
    }

    @Override
    public long receive(Task task, IoBuffer target, Message message) {
        UnixCarrier in = carrier;
        if (message.has(SocketConstants.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        if (in == null) {
            return type == SocketConstants.SOCK_STREAM ? -Errno.EINVAL : -Errno.ENOTCONN;
        }
        boolean stream = type == SocketConstants.SOCK_STREAM;
        boolean all =
                stream
                        && message.has(SocketConstants.MSG_WAITALL)
                        && !message.has(SocketConstants.MSG_PEEK);
        long done = all && target instanceof UserIo ? task.progress() : 0;
        if (done > 0) {
            target.position(done);
        }
        if (stream && target.remaining() == 0) {
            return done;
        }
        long received = in.receive(target, message);
        if (received > 0) {
            done += received;
            boolean complete = !all || target.remaining() == 0 || message.ancillary != null;
            if (complete) {
                return done;
            }
        } else if (received != -Errno.EAGAIN) {
            return done > 0 ? done : received;
        }
        long waiting = waitToReceive(task, PollEvents.READABLE, message.flags);
        return pause(task, done, waiting);
    }

    // ---- State.

    @Override
    public int poll() {
        if (acceptQueue != null) {
            return acceptQueue.size() > 0 ? PollEvents.READABLE : 0;
        }
        return carrier == null ? PollEvents.WRITABLE | PollEvents.HUP : carrier.poll();
    }

    @Override
    public long shutdown(int how) {
        if (carrier != null) {
            carrier.shutdown(how);
        }
        return 0;
    }

    @Override
    public @Nullable SocketAddress peerAddress() {
        return carrier == null ? null : peerName;
    }

    @Override
    public int takeError() {
        return carrier == null ? 0 : carrier.takeError();
    }

    @Override
    public long readableBytes() {
        return carrier == null ? 0 : carrier.readableBytes();
    }

    @Override
    public long unsentBytes() {
        return carrier == null ? 0 : carrier.unsentBytes();
    }

    @Override
    protected void optionsChanged() {
        if (carrier != null) {
            carrier.optionsChanged();
        }
    }

    @Override
    void forEachMessage(Consumer<Ancillary> visitor) {
        if (carrier != null) {
            carrier.forEachMessage(visitor);
        }
    }

    @Override
    void forEachHeld(Consumer<UnixSocket> visitor) {
        super.forEachHeld(visitor);
        if (acceptQueue != null) {
            acceptQueue.forEach(visitor);
        }
    }

    @Override
    void closeUnix() {
        if (fullListener != null && fullListener.acceptQueue != null) {
            fullListener.acceptQueue.stopWaiting(this);
        }
        AcceptQueue<UnixConnectionSocket> connections = acceptQueue;
        acceptQueue = null;
        if (connections != null) {
            for (UnixConnectionSocket queued = connections.drain(); queued != null; ) {
                queued.resetPeer();
                queued.release();
                queued = connections.drain();
            }
            connections.refuseWaiting();
        }
        if (carrier != null) {
            carrier.close();
        }
    }

    /** The listener was closed before this connection was accepted: ECONNRESET for the other. */
    private void resetPeer() {
        if (carrier instanceof UnixStreamEnd stream && stream.peer != null) {
            stream.peer.error = Errno.ECONNRESET;
        }
    }
}
