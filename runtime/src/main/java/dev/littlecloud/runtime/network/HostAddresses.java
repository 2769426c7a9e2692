package dev.littlecloud.runtime.network;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;

/** The host's own addresses, looked up again now and then. */
final class HostAddresses {
    private static final System.Logger LOG = System.getLogger(HostAddresses.class.getName());
    private static final long FRESH_NANOS = 10_000_000_000L;

    private record Snapshot(Set<InetAddress> addresses, long takenAt) {}

    private static volatile Snapshot snapshot = new Snapshot(Set.of(), 0);

    private HostAddresses() {}

    /**
     * Whether an address is one of the host's. Connections to those go over the host's loopback,
     * which firewalls trust, so that instances must not make them.
     */
    static boolean contains(InetAddress address) {
        Snapshot current = snapshot;
        long now = System.nanoTime();
        if (current.takenAt == 0 || now - current.takenAt > FRESH_NANOS) {
            current = new Snapshot(lookUp(current.addresses), now);
            snapshot = current;
        }
        return current.addresses.contains(address);
    }

    private static Set<InetAddress> lookUp(Set<InetAddress> before) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(HostAddresses::withoutScope)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException failed) {
            LOG.log(System.Logger.Level.WARNING, "the host's addresses are unknown", failed);
            return before;
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        return Endpoints.address(Endpoints.endpoint(address, 0));
    }
}
