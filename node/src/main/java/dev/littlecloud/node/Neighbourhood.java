package dev.littlecloud.node;

import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.runtime.network.Neighbours;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Services as they see each other: each those of its own owner, by name. Asked with an instance's
 * lock held, so that nothing here waits or takes a fleet's lock.
 */
final class Neighbourhood {
    private static final int HTTP_PORT = 80;

    /** Connections to neighbours that a revision's instances have open at a time. */
    private static final int MOST_CONNECTIONS = 2048;

    /** Linux' ephemeral ports: ip_local_port_range in ip(7). */
    private static final int FIRST_EPHEMERAL = 32_768;

    private static final int EPHEMERALS = 28_232;

    /** Carries connections: the gateway. */
    interface Carrier {
        HostStream open(
                Service service, Protocol protocol, InetSocketAddress from, Runnable whenClosed);
    }

    /**
     * A service that others may reach.
     *
     * @param port where its program listens; empty while that is not known
     */
    private record Resident(
            String owner, Service service, Protocol protocol, Optional<Integer> port) {
        boolean answersAt(int asked) {
            return asked == HTTP_PORT || port.isEmpty() || port.get() == asked;
        }
    }

    private final ServiceAddresses addresses;
    private final Map<String, Resident> residents = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable Carrier carrier;

    Neighbourhood(ServiceAddresses addresses) {
        this.addresses = addresses;
    }

    void carrier(Carrier gateway) {
        carrier = gateway;
    }

    /** From now on a service's name leads there. */
    void lead(String owner, Service to, ServiceSpec spec, Optional<Integer> port) {
        addresses.assign(to.name(), residents::containsKey);
        residents.put(to.name(), new Resident(owner, to, Settings.of(spec).protocol(), port));
    }

    void forget(String service) {
        residents.remove(service);
    }

    /** Where others reach a service: a name with a port. */
    String place(String service) {
        int port =
                Optional.ofNullable(residents.get(service))
                        .flatMap(Resident::port)
                        .orElse(HTTP_PORT);
        return service + "." + Neighbours.DOMAIN + ":" + port;
    }

    /** What a service sees of the others. */
    Neighbours seenBy(String owner, String service) {
        addresses.assign(service, residents::containsKey);
        return new View(owner, service);
    }

    private final class View implements Neighbours {
        private final String owner;
        private final InetAddress own;
        private final Semaphore room = new Semaphore(MOST_CONNECTIONS);

        View(String owner, String service) {
            this.owner = owner;
            this.own = inet(addresses.address(service).orElse(0));
        }

        private Optional<Resident> resident(String name) {
            return Optional.ofNullable(residents.get(name))
                    .filter(there -> there.owner().equals(owner));
        }

        private Optional<Resident> resident(int address) {
            return addresses.service(address).flatMap(this::resident);
        }

        @Override
        public boolean exist() {
            return true;
        }

        @Override
        public OptionalInt address(String name) {
            return resident(name).isPresent() ? addresses.address(name) : OptionalInt.empty();
        }

        @Override
        public Optional<String> name(int address) {
            return resident(address).map(there -> there.service().name());
        }

        @Override
        public boolean owns(int address) {
            return ServiceAddresses.owns(address);
        }

        @Override
        public int permits(int address, int port) {
            Optional<Resident> there = resident(address);
            if (there.isEmpty()) {
                return Errno.EHOSTUNREACH;
            }
            return there.get().answersAt(port) ? 0 : Errno.ECONNREFUSED;
        }

        @Override
        public @Nullable HostStream connect(int address, int port) {
            Optional<Resident> there = resident(address);
            Carrier gateway = carrier;
            if (there.isEmpty() || gateway == null || !room.tryAcquire()) {
                return null;
            }
            int from = FIRST_EPHEMERAL + Math.floorMod(connections.getAndIncrement(), EPHEMERALS);
            return gateway.open(
                    there.get().service(),
                    there.get().protocol(),
                    new InetSocketAddress(own, from),
                    room::release);
        }
    }

    private static InetAddress inet(int address) {
        try {
            return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(address).array());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
    }
}
