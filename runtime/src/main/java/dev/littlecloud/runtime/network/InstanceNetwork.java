package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostDatagrams;
import dev.littlecloud.kernel.net.HostNetwork;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.InetEndpoint;
import dev.littlecloud.kernel.net.NetworkConfig;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.PortMapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One instance's way to the host's network, as its policy allows. */
public final class InstanceNetwork implements HostNetwork, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(InstanceNetwork.class.getName());

    /** Sockets of the host that one instance can have for its way out. */
    private static final int MAX_SOCKETS = 512;

    private final Semaphore sockets = new Semaphore(MAX_SOCKETS);
    private final AtomicInteger resolving = new AtomicInteger();
    private final NetworkPolicy policy;
    private final Neighbours neighbours;
    private final NetworkConfig config;
    private final HostPoller poller = HostPoller.shared();
    private final List<Publication> publications = new ArrayList<>();

    /**
     * @param memoryBytes the instance's memory
     */
    public InstanceNetwork(NetworkPolicy policy, long memoryBytes, Neighbours neighbours) {
        this.policy = policy;
        this.neighbours = neighbours;
        boolean hasInterface = policy.mode() != NetworkPolicy.Mode.NONE;
        this.config = NetworkConfig.of(hasInterface, memoryBytes);
    }

    /** What the instance's network stack is to be made with. */
    public NetworkConfig config() {
        return config;
    }

    // ---- Out.

    /**
     * Where a destination of the guest really is: the gateway's address and loopback addresses mean
     * the host's own loopback. Null where the policy closes it.
     */
    @Nullable InetSocketAddress route(InetEndpoint destination) {
        if (isNeighbour(destination)) {
            return null;
        }
        boolean gateway =
                config.hasInterface()
                        && destination.isV4()
                        && destination.v4Address() == config.gateway();
        InetAddress address =
                gateway ? InetAddress.getLoopbackAddress() : Endpoints.address(destination);
        int port = destination.port();
        boolean open =
                HostAddresses.contains(address)
                        ? policy.allows(address, port)
                        : policy.permits(address, port);
        return open ? new InetSocketAddress(address, port) : null;
    }

    /** Where neighbours may be, nothing else is: the host's network may use the same addresses. */
    private boolean isNeighbour(InetEndpoint destination) {
        return destination.isV4() && neighbours.owns(destination.v4Address());
    }

    @Override
    public int permits(InetEndpoint destination) {
        if (isNeighbour(destination)) {
            return policy.mode() == NetworkPolicy.Mode.NONE
                    ? Errno.ENETUNREACH
                    : neighbours.permits(destination.v4Address(), destination.port());
        }
        if (route(destination) != null) {
            return 0;
        }
        boolean routed = policy.mode() == NetworkPolicy.Mode.OUTBOUND && destination.isV4();
        return routed ? Errno.EHOSTUNREACH : Errno.ENETUNREACH;
    }

    @Override
    public @Nullable HostStream connect(InetEndpoint destination) {
        if (isNeighbour(destination)) {
            return neighbours.connect(destination.v4Address(), destination.port());
        }
        InetSocketAddress target = route(destination);
        if (target == null) {
            return null;
        }
        if (!sockets.tryAcquire()) {
            return null;
        }
        try {
            return HostConnection.connect(poller, target, sockets::release);
        } catch (IOException failed) {
            sockets.release();
            LOG.log(System.Logger.Level.WARNING, "the host has no socket for an instance", failed);
            return null;
        }
    }

    @Override
    public @Nullable HostDatagrams openDatagrams() {
        if (!sockets.tryAcquire()) {
            return null;
        }
        try {
            return new HostDatagramSocket(poller, null, this::route, sockets::release);
        } catch (IOException failed) {
            sockets.release();
            LOG.log(System.Logger.Level.WARNING, "the host has no socket for an instance", failed);
            return null;
        }
    }

    @Override
    public void resolve(byte[] query, boolean stream, Consumer<byte[]> answer) {
        resolving.incrementAndGet();
        Thread.ofVirtual()
                .name("name-lookup")
                .start(
                        () -> {
                            try {
                                answer.accept(
                                        NeighbourNames.answer(query, neighbours)
                                                .orElseGet(() -> outside(query, stream)));
                            } finally {
                                resolving.decrementAndGet();
                            }
                        });
    }

    private byte[] outside(byte[] query, boolean stream) {
        return policy.mode() == NetworkPolicy.Mode.OUTBOUND
                ? HostResolver.ask(query, stream)
                : DnsMessage.refusal(query);
    }

    /** Whether an answer of the host's name servers is on its way. */
    public boolean isResolving() {
        return resolving.get() > 0;
    }

    // ---- In.

    /** Listens on the host for the ports that the user published. */
    public void publish(NetworkStack stack, List<PortMapping> ports) {
        for (PortMapping port : ports) {
            try {
                publications.add(Publication.open(poller, stack, port));
            } catch (IOException failed) {
                close();
                throw new InstanceException(
                        "cannot listen on port %d of the host: %s; choose another with -p"
                                .formatted(port.hostPort(), failed.getMessage()),
                        failed);
            }
        }
    }

    /** The host's ports of {@link #publish}, in its order. */
    public List<Integer> hostPorts() {
        return publications.stream().map(Publication::hostPort).toList();
    }

    /** Stops listening. Connections belong to the guest's sockets and close with them. */
    @Override
    public void close() {
        publications.forEach(Publication::close);
        publications.clear();
    }
}
