package dev.littlecloud.kernel.net;

/** The checksum of IP, UDP and ICMP; RFC 1071. */
final class InternetChecksum {
    private InternetChecksum() {}

    /** The checksum of bytes that begin with a sum of others; 0 where they hold a right one. */
    static int of(byte[] bytes, int offset, int length, long sum) {
        long total = sum;
        for (int i = 0; i < length; i++) {
            int value = bytes[offset + i] & 255;
            total += (i & 1) == 0 ? value << 8 : value;
        }
        while (total >>> 16 != 0) {
            total = (total & 0xFFFF) + (total >>> 16);
        }
        return (int) ~total & 0xFFFF;
    }

    /** The sum of the pseudo-header of ICMPv6; RFC 8200, 8.1. */
    static long pseudoHeader(InetEndpoint source, InetEndpoint destination, int length) {
        return words(source.high())
                + words(source.low())
                + words(destination.high())
                + words(destination.low())
                + length
                + SocketConstants.IPPROTO_ICMPV6;
    }

    private static long words(long value) {
        return (value >>> 48)
                + (value >>> 32 & 0xFFFF)
                + (value >>> 16 & 0xFFFF)
                + (value & 0xFFFF);
    }
}
