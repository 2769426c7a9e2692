package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket: tcp(7). Connections inside the instance are two {@link StreamEnd}s; those that leave
 * it are a {@link HostTransport}. Guarded by the instance lock.
 */
public final class TcpSocket extends InetSocket implements AcceptQueue.Connector {
    private enum State {
        UNCONNECTED,
        LISTENING,
        CONNECTING,
        CONNECTED,
        /** A non-blocking connect(2) failed, and nobody called connect(2) again. */
        FAILED
    }

    private final TcpOptions tcp = new TcpOptions();
    private State state = State.UNCONNECTED;
    private int error;

    /** Whether connect(2) has answered 0 or EISCONN for this connection. */
    private boolean connectReported;

    private @Nullable StreamTransport transport;
    private @Nullable AcceptQueue<TcpSocket> acceptQueue;

    /** The listener whose backlog has no room for this connection yet. */
    private @Nullable TcpSocket fullListener;

    TcpSocket(NetworkStack stack, int family, int uid, int gid) {
        super(stack, family, SocketConstants.SOCK_STREAM, SocketConstants.IPPROTO_TCP, uid, gid);
        options.sendBuffer = 16384;
        options.receiveBuffer = 131072;
    }

    public TcpOptions tcp() {
        return tcp;
    }

    @Override
    int ephemeralPort() {
        return stack.tcpPorts().ephemeral();
    }

    @Override
    boolean portConflicts() {
        return stack.tcpPorts().conflicts(this);
    }

    @Override
    void takePort() {
        stack.tcpPorts().add(this);
    }

    @Override
    void leavePort() {
        stack.tcpPorts().remove(this);
    }

    // ---- Listening.

    @Override
    public long listen(Task task, int backlog) {
        if (state != State.LISTENING) {
            if (state != State.UNCONNECTED) {
                return -Errno.EINVAL;
            }
            long status = autobind();
            if (status != 0) {
                return status;
            }
            state = State.LISTENING;
            if (portConflicts()) {
                state = State.UNCONNECTED;
                return -Errno.EADDRINUSE;
            }
            acceptQueue = new AcceptQueue<>();
        }
        acceptQueue().backlog(backlog);
        stack.listening(this);
        return 0;
    }

    private AcceptQueue<TcpSocket> acceptQueue() {
        AcceptQueue<TcpSocket> present = acceptQueue;
        if (present == null) {
            throw new IllegalStateException("not listening");
        }
        return present;
    }

    @Override
    public boolean isListening() {
        return state == State.LISTENING;
    }

    int queuedConnections() {
        return acceptQueue().size();
    }

    int backlog() {
        return acceptQueue().backlog();
    }

    @Override
    public long accept(Task task) {
        if (state != State.LISTENING) {
            return -Errno.EINVAL;
        }
        return acceptQueue().size() > 0 ? 0 : waitToReceive(task, PollEvents.READABLE, 0);
    }

    @Override
    public Socket takeAccepted() {
        TcpSocket connection = acceptQueue().poll();
        return connection != null ? connection : super.takeAccepted();
    }

    /** Whether a connection from outside finds room. */
    boolean hasRoom() {
        return acceptQueue().hasRoom();
    }

    void awaitRoom(AcceptQueue.Connector connector) {
        acceptQueue().await(connector);
    }

    /** Puts a new connection into the accept queue. */
    TcpSocket admit(InetEndpoint destination, InetEndpoint source) {
        TcpSocket child = new TcpSocket(stack, family, inode().uid(), inode().gid());
        child.options.inherit(options);
        child.ip.inherit(ip);
        child.tcp.inherit(tcp);
        child.local = destination;
        child.remote = source;
        child.state = State.CONNECTED;
        child.connectReported = true;
        stack.counters().accepts++;
        acceptQueue().add(child);
        return child;
    }

    /** Gives an admitted connection its transport and tells who waits in accept(2). */
    void carriedBy(StreamTransport carrier, TcpSocket listener) {
        transport = carrier;
        listener.queue.wake(PollEvents.READABLE);
    }

    // ---- Connecting.

    @Override
    public long connect(Task task, @Nullable SocketAddress address) {
        if (address == null) {
            disconnect();
            return 0;
        }
        switch (state) {
            case LISTENING:
                return -Errno.EISCONN;
            case CONNECTED:
                if (connectReported) {
                    return -Errno.EISCONN;
                }
                connectReported = true;
                return 0;
            case FAILED:
                int failure = error == 0 ? Errno.ECONNABORTED : error;
                forget();
                return -failure;
            case CONNECTING:
                return isNonblocking() ? -Errno.EALREADY : waitConnected(task);
            case UNCONNECTED:
                break;
        }
        return start(task, (InetEndpoint) address);
    }

    private long start(Task task, InetEndpoint address) {
        // 0.0.0.0 and :: mean this host; ip(7).
        InetEndpoint target = address.isAny() ? stack.loopbackFor(address) : address;
        int refusal = target.isMulticast() ? Errno.ENETUNREACH : -reaches(target);
        boolean inside = stack.isLocal(target);
        if (refusal == 0 && !inside) {
            refusal = stack.host().permits(target);
        }
        if (refusal != 0) {
            return -refusal;
        }
        long status = autobind();
        if (status != 0) {
            return status;
        }
        chooseSource(target);
        remote = target;
        state = State.CONNECTING;
        stack.counters().connects++;
        connectReported = false;
        if (inside
                && (stack.tcpPorts().listener(target, local.port()) != null
                        || !stack.isOpenedLoopback(target))) {
            connectInside(target);
        } else {
            connectOutside(target);
        }
        return isNonblocking() ? -Errno.EINPROGRESS : waitConnected(task);
    }

    private void connectInside(InetEndpoint target) {
        if (stack.isNameServer(target)) {
            StreamEnd end = new StreamEnd(stack.memory(), options, queue);
            stack.nameServer().serve(end);
            connected(end);
            return;
        }
        TcpSocket listener = stack.tcpPorts().listener(target, local.port());
        if (listener == null) {
            failed(Errno.ECONNREFUSED);
        } else if (listener.hasRoom()) {
            TcpSocket child = listener.admit(target, local);
            StreamEnd end = new StreamEnd(stack.memory(), options, queue);
            StreamEnd other = new StreamEnd(stack.memory(), child.options, child.queue);
            StreamEnd.join(end, other);
            child.carriedBy(other, listener);
            connected(end);
        } else {
            fullListener = listener;
            listener.awaitRoom(this);
        }
    }

    @Override
    public void listenerChanged() {
        fullListener = null;
        if (state == State.CONNECTING && remote != null) {
            connectInside(remote);
        }
    }

    private void connectOutside(InetEndpoint target) {
        HostStream stream = stack.host().connect(target);
        if (stream == null) {
            failed(Errno.ENOBUFS);
        } else {
            HostTransport outside = new HostTransport(stack, stream, options, queue);
            transport = outside;
            outside.connecting(this);
        }
    }

    private void connected(StreamTransport carrier) {
        transport = carrier;
        state = State.CONNECTED;
        queue.wake(PollEvents.WRITABLE);
    }

    /** The host's connection is there, or failed with an errno. */
    void connectFinished(int errno) {
        StreamTransport carrier = transport;
        if (state != State.CONNECTING || carrier == null) {
            return;
        }
        if (errno == 0) {
            connected(carrier);
        } else {
            transport = null;
            failed(errno);
        }
    }

    private void failed(int errno) {
        state = State.FAILED;
        error = errno;
        stack.counters().failedConnects++;
        queue.wakeAll();
    }

    private long waitConnected(Task task) {
        switch (state) {
            case CONNECTED:
                connectReported = true;
                return 0;
            case FAILED:
                int errno = error;
                forget();
                return -errno;
            default:
                return waitFor(
                        task, PollEvents.WRITABLE, 0, options.sendTimeoutNanos, Errno.EINPROGRESS);
        }
    }

    private void forget() {
        error = 0;
        remote = null;
        state = State.UNCONNECTED;
    }

    private void disconnect() {
        dropTransport(true);
        stopListening();
        if (isBound()) {
            unbind();
        }
        forget();
        queue.wakeAll();
    }

    // ---- Transfer.

    @Override
    public long send(Task task, IoBuffer source, Message message) {
        if (message.has(SocketConstants.MSG_FASTOPEN)) {
            // As with the client's bit of net.ipv4.tcp_fastopen off: programs then connect first.
            return -Errno.EOPNOTSUPP;
        }
        StreamTransport carrier = transport;
        if (state == State.CONNECTING) {
            return waitToSend(task, PollEvents.WRITABLE, message.flags);
        }
        if (error != 0) {
            return -takeError();
        }
        if (carrier == null) {
            return brokenPipe(task, message);
        }
        long sent = StreamTransfer.send(this, task, carrier, source, message);
        if (sent > 0) {
            stack.counters().streamSent(isInside(carrier), isV4(), sent);
        }
        return sent;
    }

    @Override
    public long receive(Task task, IoBuffer target, Message message) {
        if (message.has(SocketConstants.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        StreamTransport carrier = transport;
        if (state == State.CONNECTING) {
            return waitToReceive(task, PollEvents.READABLE, message.flags);
        }
        if (carrier == null) {
            if (state != State.FAILED) {
                return -Errno.ENOTCONN;
            }
            return error == 0 ? 0 : -takeError();
        }
        if (message.has(SocketConstants.MSG_OOB)) {
            return carrier.receiveUrgent(target, message.has(SocketConstants.MSG_PEEK));
        }
        long received = StreamTransfer.receive(this, task, carrier, target, message);
        if (received > 0 && !message.has(SocketConstants.MSG_PEEK)) {
            stack.counters().streamReceived(isInside(carrier), isV4(), received);
        }
        return received;
    }

    private boolean isV4() {
        return local.isV4();
    }

    private static boolean isInside(StreamTransport carrier) {
        return carrier instanceof StreamEnd;
    }

    @Override
    public boolean isAtMark() {
        return transport != null && transport.isAtMark();
    }

    @Override
    public long readableBytes() {
        return transport == null ? 0 : transport.readableBytes();
    }

    @Override
    public long unsentBytes() {
        return transport == null ? 0 : transport.unsentBytes();
    }

    // ---- State.

    @Override
    public int poll() {
        return switch (state) {
            case LISTENING -> acceptQueue().size() > 0 ? PollEvents.READABLE : 0;
            case CONNECTING -> 0;
            case UNCONNECTED -> PollEvents.WRITABLE | PollEvents.HUP | errorEvent();
            case FAILED ->
                    PollEvents.READABLE
                            | PollEvents.WRITABLE
                            | PollEvents.HUP
                            | PollEvents.RDHUP
                            | errorEvent();
            case CONNECTED -> transport == null ? PollEvents.HUP : transport.poll();
        };
    }

    private int errorEvent() {
        return error == 0 ? 0 : PollEvents.ERR;
    }

    @Override
    public int takeError() {
        int taken = error;
        error = 0;
        return taken != 0 || transport == null ? taken : transport.takeError();
    }

    /** The state as TCP_INFO and /proc/net/tcp number it. */
    int stateNumber() {
        return switch (state) {
            case LISTENING -> 10;
            case CONNECTING -> 2;
            case UNCONNECTED, FAILED -> 7;
            case CONNECTED -> transport != null && transport.isOver() ? 7 : 1;
        };
    }

    @Override
    public long shutdown(int how) {
        if (state == State.LISTENING && how != SocketConstants.SHUT_WR) {
            stopListening();
            state = State.UNCONNECTED;
            queue.wakeAll();
            return 0;
        }
        StreamTransport carrier = transport;
        if (state != State.CONNECTED || carrier == null || carrier.isOver()) {
            return -Errno.ENOTCONN;
        }
        carrier.shutdown(how);
        return 0;
    }

    @Override
    public @Nullable SocketAddress peerAddress() {
        boolean connected = state == State.CONNECTED && transport != null && !transport.isOver();
        return connected ? remote : null;
    }

    @Override
    protected void optionsChanged() {
        if (transport != null) {
            transport.optionsChanged();
        }
    }

    private void stopListening() {
        AcceptQueue<TcpSocket> connections = acceptQueue;
        if (connections == null) {
            return;
        }
        acceptQueue = null;
        state = State.UNCONNECTED;
        stack.notListening(this);
        for (TcpSocket queued = connections.drain(); queued != null; ) {
            queued.dropTransport(true);
            queued.release();
            queued = connections.drain();
        }
        connections.refuseWaiting();
    }

    /** The instance goes on, as a clone. */
    void thawed() {
        if (transport instanceof HostTransport outside) {
            outside.thawed();
        }
    }

    private void dropTransport(boolean reset) {
        StreamTransport carrier = transport;
        transport = null;
        if (carrier != null) {
            carrier.close(reset);
        }
    }

    @Override
    protected void closeSocket() {
        if (fullListener != null) {
            fullListener.acceptQueue().stopWaiting(this);
            fullListener = null;
        }
        stopListening();
        unbind();
        dropTransport(options.lingers && options.lingerSeconds == 0);
        state = State.UNCONNECTED;
    }
}
