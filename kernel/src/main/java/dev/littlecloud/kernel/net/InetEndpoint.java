package dev.littlecloud.kernel.net;

import java.util.HexFormat;

/**
 * An IP address and a port. IPv4 is held as its IPv4-mapped IPv6 address, so that a dual-stack
 * socket compares both with the same code; the family of the socket decides how it is shown.
 *
 * @param high the address's first 64 bits
 * @param low the address's last 64 bits
 * @param scope interface index of a link-local address, or 0
 */
public record InetEndpoint(long high, long low, int port, int scope) implements SocketAddress {
    private static final long MAPPED = 0xFFFF_0000_0000L;

    public static final InetEndpoint ANY_V4 = v4(0, 0);
    public static final InetEndpoint ANY_V6 = new InetEndpoint(0, 0, 0, 0);
    public static final InetEndpoint LOOPBACK_V4 = v4(0x7F000001, 0);
    public static final InetEndpoint LOOPBACK_V6 = new InetEndpoint(0, 1, 0, 0);

    /**
     * @param address in host order, e.g. 0x7F000001
     */
    public static InetEndpoint v4(int address, int port) {
        return new InetEndpoint(0, MAPPED | (address & 0xFFFF_FFFFL), port, 0);
    }

    public boolean isV4() {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /** The IPv4 address in host order. */
    public int v4Address() {
        return (int) low;
    }

    /** 0.0.0.0 or ::. */
    public boolean isAny() {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    public boolean isLoopback() {
        return isV4() ? v4Address() >>> 24 == 127 : high == 0 && low == 1;
    }

    /** 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        return isV4() ? v4Address() >>> 28 == 14 : high >>> 56 == 0xFF;
    }

    public boolean sameAddress(InetEndpoint other) {
        return high == other.high && low == other.low;
    }

    public InetEndpoint withPort(int newPort) {
        return newPort == port ? this : new InetEndpoint(high, low, newPort, scope);
    }

    @Override
    public String toString() {
        if (isV4()) {
            int a = v4Address();
            return (a >>> 24)
                    + "."
                    + (a >>> 16 & 255)
                    + "."
                    + (a >>> 8 & 255)
                    + "."
                    + (a & 255)
                    + ":"
                    + port;
        }
        HexFormat hex = HexFormat.of();
        String digits = hex.toHexDigits(high) + hex.toHexDigits(low);
        return "[" + digits.replaceAll("(.{4})(?!$)", "$1:") + "]:" + port;
    }
}
