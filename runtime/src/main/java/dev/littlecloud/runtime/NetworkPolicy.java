package dev.littlecloud.runtime;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses an instance may reach.
 *
 * @param allowed destinations that are open although the mode closes them
 */
public record NetworkPolicy(Mode mode, List<Endpoint> allowed) {
    public enum Mode {
        /** The instance's own loopback interface only; no ports can be published. */
        NONE,
        /** Nothing outside of the instance, but published ports lead into it. */
        LOOPBACK,
        /** Everything but the host's own, link-local and metadata addresses. */
        OUTBOUND
    }

    public static final NetworkPolicy DEFAULT = new NetworkPolicy(Mode.OUTBOUND, List.of());

    /** Amazon's instance metadata over IPv6, which is not link-local. */
    private static final InetAddress METADATA_IPV6 = InetAddress.ofLiteral("fd00:ec2::254");

    public NetworkPolicy {
        allowed = List.copyOf(allowed);
    }

    /**
     * Whether a socket of the instance may send to a destination outside of it. Loopback addresses
     * mean the host's here; the instance's own loopback never asks.
     */
    public boolean permits(InetAddress destination, int port) {
        return allows(destination, port)
                || (mode == Mode.OUTBOUND && !isClosed(unmapped(destination)));
    }

    /** Whether the user opened a destination by name. */
    public boolean allows(InetAddress destination, int port) {
        InetAddress address = unmapped(destination);
        for (Endpoint endpoint : allowed) {
            if (endpoint.port() == port && unmapped(endpoint.address()).equals(address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isClosed(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.equals(METADATA_IPV6)
                // Linux connects 0.0.0.0/8's first address to the host itself; the rest is
                // unusable.
                || (address instanceof Inet4Address && address.getAddress()[0] == 0)
                || address.isAnyLocalAddress();
    }

    /** IPv4 inside of IPv6 reaches the IPv4 address, so it is judged as one. */
    private static InetAddress unmapped(InetAddress address) {
        if (address instanceof Inet6Address) {
            byte[] bytes = address.getAddress();
            for (int i = 0; i < 10; i++) {
                if (bytes[i] != 0) {
                    return address;
                }
            }
            boolean mapped = bytes[10] == -1 && bytes[11] == -1;
            if (mapped) {
                String literal =
                        "%d.%d.%d.%d"
                                .formatted(
                                        bytes[12] & 0xff,
                                        bytes[13] & 0xff,
                                        bytes[14] & 0xff,
                                        bytes[15] & 0xff);
                return InetAddress.ofLiteral(literal);
            }
        }
        return address;
    }
}
