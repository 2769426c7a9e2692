package dev.littlecloud.runtime;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * An address and a port outside of the instance.
 *
 * @param port 1 to 65535
 */
public record Endpoint(InetAddress address, int port) {
    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port %d is not from 1 to 65535".formatted(port));
        }
    }

    /** Reads {@code 127.0.0.1:5432} or {@code [::1]:5432}; names are not resolved. */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "'%s' is not ADDRESS:PORT; write for example 127.0.0.1:5432".formatted(text));
        }
        return new Endpoint(
                parseAddress(text.substring(0, colon), text),
                Ports.parse(text.substring(colon + 1), 1, text));
    }

    /** Reads a literal address; IPv6 stands in brackets, since colons separate the rest. */
    static InetAddress parseAddress(String address, String whole) {
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        String literal = bracketed ? address.substring(1, address.length() - 1) : address;
        if (!bracketed && literal.contains(":")) {
            throw new IllegalArgumentException(
                    "the IPv6 address in '%s' must stand in brackets: [::1]".formatted(whole));
        }
        InetAddress parsed;
        try {
            parsed = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException notLiteral) {
            throw new IllegalArgumentException(noAddress(address, whole), notLiteral);
        }
        // inet_aton(3) also takes 127.1 and 0x7f.1, which people do not mean.
        boolean plain = parsed instanceof Inet6Address || parsed.getHostAddress().equals(literal);
        if (!plain || (bracketed && !literal.contains(":"))) {
            throw new IllegalArgumentException(noAddress(address, whole));
        }
        return parsed;
    }

    private static String noAddress(String address, String whole) {
        return "'%s' in '%s' is not an IP address (names are not resolved here)"
                .formatted(address, whole);
    }

    @Override
    public String toString() {
        String literal = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + literal + "]" : literal) + ":" + port;
    }
}
