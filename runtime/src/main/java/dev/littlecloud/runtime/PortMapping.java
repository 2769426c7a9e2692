package dev.littlecloud.runtime;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A port of the host whose connections are given to a port of the instance.
 *
 * @param hostAddress the host's address to listen on; null for all of them
 * @param hostPort 0 lets the host choose a free one
 */
public record PortMapping(
        @Nullable InetAddress hostAddress, int hostPort, int guestPort, Protocol protocol) {
    public enum Protocol {
        TCP,
        UDP
    }

    /** Reads {@code [ADDRESS:]HOST:GUEST[/tcp|udp]}, as {@code docker run -p}. */
    public static PortMapping parse(String text) {
        int slash = text.indexOf('/');
        Protocol protocol = slash < 0 ? Protocol.TCP : protocol(text.substring(slash + 1), text);
        String ports = slash < 0 ? text : text.substring(0, slash);
        int guestColon = ports.lastIndexOf(':');
        if (guestColon < 0) {
            throw new IllegalArgumentException(
                    "'%s' names one port; write HOST:GUEST, such as 8080:80".formatted(text));
        }
        String host = ports.substring(0, guestColon);
        int hostColon = host.lastIndexOf(':');
        InetAddress address =
                hostColon < 0 ? null : Endpoint.parseAddress(host.substring(0, hostColon), text);
        return new PortMapping(
                address,
                Ports.parse(host.substring(hostColon + 1), 0, text),
                Ports.parse(ports.substring(guestColon + 1), 1, text),
                protocol);
    }

    private static Protocol protocol(String name, String whole) {
        return switch (name) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' in '%s' is not a protocol; write tcp or udp"
                                    .formatted(name, whole));
        };
    }

    @Override
    public String toString() {
        String address =
                switch (hostAddress) {
                    case null -> "";
                    case Inet6Address six -> "[" + six.getHostAddress() + "]:";
                    case InetAddress other -> other.getHostAddress() + ":";
                };
        return address + hostPort + ":" + guestPort + (protocol == Protocol.UDP ? "/udp" : "");
    }
}
