package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An instance's network: its addresses, ports and names, and the way to the host. Guarded by the
 * instance lock.
 */
public final class NetworkStack {
    /** Most files on their way through Unix sockets, so that cycles of them stay bounded. */
    private static final int MAX_FILES_IN_FLIGHT = 4096;

    /** The interface indexes that SIOCGIFINDEX and netlink show. */
    public static final int LOOPBACK_INDEX = 1;

    public static final int ETHERNET_INDEX = 2;

    private final Kernel kernel;
    private final NetworkConfig config;
    private final HostNetwork host;
    private final SocketMemory memory;
    private final PortTable<TcpSocket> tcpPorts;
    private final PortTable<UdpSocket> udpPorts;
    private final PortTable<UdpSocket> udpLitePorts;
    private final Icmp icmp;
    private final InterfaceGroups multicast;
    private final NetworkCounters counters = new NetworkCounters();
    private final UnixNames unixNames = new UnixNames();
    private final NameServer nameServer = new NameServer(this);
    private final Message message = new Message();
    private final Map<Integer, UdpPublication> published = new HashMap<>();

    /** The host's, which is another one for each instance. */
    private transient @Nullable Runnable listenHook;

    private final Set<Integer> netlinkPorts = new HashSet<>();
    private int nextNetlinkPort = -4097;
    private int filesInFlight;
    private final UnixGarbage unixGarbage = new UnixGarbage(this);
    private final ArrayDeque<OpenFile> dropped = new ArrayDeque<>();
    private boolean dropping;
    private final Set<Socket> sockets = new LinkedHashSet<>();
    private int listeners;

    public NetworkStack(Kernel kernel, NetworkConfig config, HostNetwork host) {
        this.kernel = kernel;
        this.config = config;
        this.host = host;
        this.memory = new SocketMemory(config.bufferBytes(), kernel.frames());
        kernel.atRest(memory::rest);
        byte[] random = new byte[4];
        kernel.random(random);
        int seed = (random[0] & 255) | (random[1] & 255) << 8;
        this.tcpPorts = new PortTable<>(true, seed);
        this.udpPorts = new PortTable<>(false, seed ^ (random[2] & 255) << 4);
        this.udpLitePorts = new PortTable<>(false, seed + 1);
        this.icmp = new Icmp(this, seed + 2);
        this.multicast = new InterfaceGroups(config);
        kernel.atEnd(this::instanceEnded);
    }

    public Kernel kernel() {
        return kernel;
    }

    public NetworkConfig config() {
        return config;
    }

    HostNetwork host() {
        return host;
    }

    private ReentrantLock lock() {
        return kernel.lock();
    }

    /**
     * The instance ended. Sockets that were on their way in messages, or waited to be accepted, have
     * no descriptor that closed them, but may be connections of the host.
     */
    private void instanceEnded() {
        for (Socket socket : List.copyOf(sockets)) {
            socket.abandon();
        }
    }

    /** The instance goes on, as a clone. With the instance lock held. */
    public void thawed() {
        for (Socket socket : List.copyOf(sockets)) {
            if (socket instanceof TcpSocket connection) {
                connection.thawed();
            }
        }
    }

    /** Runs an event of the host with the instance lock held; a bug ends the instance only. */
    void fromHost(Runnable event) {
        kernel.fromHost(event);
    }

    SocketMemory memory() {
        return memory;
    }

    PortTable<TcpSocket> tcpPorts() {
        return tcpPorts;
    }

    PortTable<UdpSocket> udpPorts() {
        return udpPorts;
    }

    PortTable<UdpSocket> udpLitePorts() {
        return udpLitePorts;
    }

    Icmp icmp() {
        return icmp;
    }

    InterfaceGroups multicast() {
        return multicast;
    }

    NetworkCounters counters() {
        return counters;
    }

    UnixNames unixNames() {
        return unixNames;
    }

    NameServer nameServer() {
        return nameServer;
    }

    /** The header that the current call fills. */
    public Message message() {
        return message;
    }

    /** A netlink port id: the process's where that is free. */
    int netlinkPort(int pid) {
        int port = pid;
        while (!netlinkPorts.add(port)) {
            port = nextNetlinkPort--;
        }
        return port;
    }

    void netlinkPortFree(int port) {
        netlinkPorts.remove(port);
    }

    /** Whether one more socket may be made. */
    public boolean mayOpen() {
        return memory.hasRoom(Socket.COST);
    }

    /** Called from the socket's constructor: only its identity is used. */
    void opened(Socket socket) {
        sockets.add(socket);
        memory.uncharge(-Socket.COST);
    }

    void closed(Socket socket) {
        sockets.remove(socket);
        memory.uncharge(Socket.COST);
    }

    UnixGarbage unixGarbage() {
        return unixGarbage;
    }

    /** Somebody is about to send files. */
    public void beforeSendingFiles() {
        unixGarbage.beforeSending();
    }

    int filesInFlight() {
        return filesInFlight;
    }

    /** Changes the number of files under way; false where there are too many. */
    boolean filesInFlight(int change) {
        if (change > 0 && filesInFlight + change > MAX_FILES_IN_FLIGHT) {
            return false;
        }
        filesInFlight += change;
        return true;
    }

    /**
     * Closes files that nobody received. A socket among them may hold further ones, which hold
     * others in turn: they wait their turn here, so that no depth of them fills the Java stack.
     */
    void drop(OpenFile[] files) {
        Collections.addAll(dropped, files);
        if (dropping) {
            return;
        }
        dropping = true;
        try {
            for (OpenFile next = dropped.poll(); next != null; next = dropped.poll()) {
                next.release();
            }
        } finally {
            dropping = false;
        }
    }

    /** All sockets, the oldest first. */
    Set<Socket> sockets() {
        return sockets;
    }

    // ---- Addresses.

    /** Whether an address is the instance's own, or its name server's. */
    boolean isLocal(InetEndpoint address) {
        boolean own =
                config.hasInterface() && address.isV4() && address.v4Address() == config.address();
        return own || address.isLoopback() || address.isAny();
    }

    boolean isBindable(InetEndpoint address) {
        return isLocal(address) || address.isMulticast();
    }

    boolean isNameServer(InetEndpoint address) {
        return config.hasInterface()
                && address.port() == NameServer.PORT
                && address.isV4()
                && address.v4Address() == NetworkConfig.NAME_SERVER;
    }

    /** Whether the routing table leads anywhere for an address outside. */
    boolean hasRoute(InetEndpoint address) {
        return config.hasInterface() && address.isV4();
    }

    boolean isBroadcast(InetEndpoint address) {
        if (!address.isV4()) {
            return false;
        }
        int hostBits = -1 >>> config.prefixLength();
        int v4 = address.v4Address();
        boolean sameNetwork = ((v4 ^ config.address()) & ~hostBits) == 0;
        boolean allHosts = (v4 & hostBits) == hostBits;
        return v4 == -1 || (config.hasInterface() && sameNetwork && allHosts);
    }

    /**
     * Whether a loopback address with its port leads to the host's own loopback, because the user
     * opened it and nobody inside listens there.
     */
    boolean isOpenedLoopback(InetEndpoint address) {
        return address.isLoopback() && !isNameServer(address) && host.permits(address) == 0;
    }

    InetEndpoint loopbackFor(InetEndpoint any) {
        InetEndpoint loopback = any.isV4() ? InetEndpoint.LOOPBACK_V4 : InetEndpoint.LOOPBACK_V6;
        return loopback.withPort(any.port());
    }

    /** The instance's address that packets to {@code destination} come from, with port 0. */
    InetEndpoint sourceFor(InetEndpoint destination) {
        if (destination.isLoopback()) {
            return destination.isV4() ? InetEndpoint.LOOPBACK_V4 : InetEndpoint.LOOPBACK_V6;
        }
        return ethernet();
    }

    boolean hasInterface(int index) {
        return index == LOOPBACK_INDEX || (index == ETHERNET_INDEX && config.hasInterface());
    }

    /** The index of the interface with an IPv4 address, or 0. */
    int interfaceWith(int address) {
        if (config.hasInterface() && address == config.address()) {
            return ETHERNET_INDEX;
        }
        return address >>> 24 == 127 ? LOOPBACK_INDEX : 0;
    }

    /**
     * An interface's address of the family that {@code like} has, with port 0; the one for any where it
     * has none.
     */
    public InetEndpoint addressOf(int interfaceIndex, InetEndpoint like) {
        if (interfaceIndex == LOOPBACK_INDEX) {
            return loopbackFor(like).withPort(0);
        }
        return like.isV4() ? ethernet() : InetEndpoint.ANY_V6;
    }

    private InetEndpoint ethernet() {
        return InetEndpoint.v4(config.address(), 0);
    }

    // ---- What comes in from the host.

    /** What became of a connection from outside. */
    public enum Delivery {
        ACCEPTED,
        /** Nobody listens on the port. */
        REFUSED,
        /** The backlog is full; {@code whenRoom} will run. */
        FULL
    }

    /**
     * Puts a connection from outside into the accept queue of who listens on a port of eth0. Takes
     * the instance lock.
     *
     * @param peer where it comes from, as getpeername(2) will tell
     * @param whenRoom runs with the instance lock held after {@link Delivery#FULL}, when it is worth
     *     trying again
     */
    public Delivery deliver(HostStream stream, InetEndpoint peer, int port, Runnable whenRoom) {
        Delivery[] outcome = {Delivery.REFUSED};
        fromHost(() -> outcome[0] = admit(stream, peer, port, whenRoom));
        return outcome[0];
    }

    private Delivery admit(HostStream stream, InetEndpoint peer, int port, Runnable whenRoom) {
        InetEndpoint destination = ethernet().withPort(port);
        TcpSocket listener = tcpPorts.listener(destination, peer.port());
        if (listener == null) {
            return Delivery.REFUSED;
        }
        if (!listener.hasRoom()) {
            listener.awaitRoom(whenRoom::run);
            return Delivery.FULL;
        }
        InetEndpoint from = shownPeer(peer, listener);
        TcpSocket child = listener.admit(destination, from);
        StreamTransport outside =
                new HostTransport(this, stream, child.options(), child.waitQueue());
        child.carriedBy(outside, listener);
        return Delivery.ACCEPTED;
    }

    /**
     * A peer's address as a socket inside sees it. One of the host's loopback, or of a family that
     * the socket cannot show, looks like the gateway's.
     */
    InetEndpoint shownPeer(InetEndpoint peer, Socket receiver) {
        boolean shown = peer.isV4() || receiver.family() == SocketConstants.AF_INET6;
        return shown && !peer.isLoopback() ? peer : gateway(peer.port());
    }

    private InetEndpoint gateway(int port) {
        return InetEndpoint.v4(config.gateway(), port);
    }

    /** Gives a port of the instance a UDP port of the host. Takes the instance lock. */
    public void publish(HostDatagrams channel, int port) {
        lock().lock();
        try {
            published.put(port, new UdpPublication(this, channel, ethernet().withPort(port)));
        } finally {
            lock().unlock();
        }
    }

    @Nullable UdpPublication published(int port) {
        return published.get(port);
    }

    /** Whether somebody listens on a TCP port of eth0. Takes the instance lock. */
    public boolean isListening(int port) {
        lock().lock();
        try {
            return tcpPorts.listener(ethernet().withPort(port), 0) != null;
        } finally {
            lock().unlock();
        }
    }

    /** TCP sockets that listen. */
    public int listeners() {
        return listeners;
    }

    /** Runs {@code hook} with the instance lock held each time a TCP socket starts to listen. */
    public void onListen(Runnable hook) {
        listenHook = hook;
    }

    void listening(TcpSocket socket) {
        listeners++;
        Runnable hook = listenHook;
        if (hook != null) {
            hook.run();
        }
    }

    void notListening(TcpSocket socket) {
        listeners--;
    }

    /** Makes a socket of a family, type and protocol: socket(2). */
    public SocketResult socket(Task task, int family, int type, int protocol) {
        return mayOpen()
                ? SocketFactory.create(this, task, family, type, protocol)
                : SocketResult.error(Errno.ENOBUFS);
    }
}
