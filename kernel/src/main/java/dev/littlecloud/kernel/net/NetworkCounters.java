package dev.littlecloud.kernel.net;

/**
 * What went through an instance's network. There are no packets inside, so those of a stream are
 * as many as its bytes would have taken. Guarded by the instance lock.
 */
final class NetworkCounters {
    /** Bytes of an IPv4 header and a UDP one. */
    static final int UDP_HEADERS = 28;

    /** Bytes of an IPv4 header, and a TCP one with time stamps. */
    private static final int TCP_HEADERS = 52;

    private static final int ETHERNET_HEADER = 14;
    private static final int ETHERNET_SEGMENT = 1448;
    private static final int LOOPBACK_SEGMENT = 65483;

    /** The traffic of an interface, or of a version of IP. */
    static final class Traffic {
        long receivedBytes;
        long receivedPackets;
        long sentBytes;
        long sentPackets;
        long receivedMulticast;
        long sentMulticast;

        private void sent(long bytes, long packets) {
            sentBytes += bytes;
            sentPackets += packets;
        }

        private void received(long bytes, long packets) {
            receivedBytes += bytes;
            receivedPackets += packets;
        }
    }

    /** UDP or UDP-Lite over one version of IP. */
    static final class Udp {
        long received;
        long noPorts;
        long sent;

        /** Datagrams that found the receive buffer full. */
        long overruns;
    }

    /** ICMP over one version of IP. */
    static final class Icmp {
        long received;
        long errors;
        long echos;
        long echoReplies;
        long sent;
        long sentEchos;
        long sentEchoReplies;
    }

    private final Traffic loopback = new Traffic();
    private final Traffic ethernet = new Traffic();
    private final Traffic ip4 = new Traffic();
    private final Traffic ip6 = new Traffic();
    private final Udp udp4 = new Udp();
    private final Udp udp6 = new Udp();
    private final Udp udpLite4 = new Udp();
    private final Udp udpLite6 = new Udp();
    private final Icmp icmp4 = new Icmp();
    private final Icmp icmp6 = new Icmp();
    long connects;
    long accepts;
    long failedConnects;
    long segmentsReceived;
    long segmentsSent;

    Traffic of(int interfaceIndex) {
        return interfaceIndex == NetworkStack.LOOPBACK_INDEX ? loopback : ethernet;
    }

    Traffic ip(boolean v4) {
        return v4 ? ip4 : ip6;
    }

    /** What UDP or UDP-Lite counts. */
    Udp udp(int protocol, boolean v4) {
        if (protocol == SocketConstants.IPPROTO_UDP) {
            return v4 ? udp4 : udp6;
        }
        return v4 ? udpLite4 : udpLite6;
    }

    Icmp icmp(boolean v4) {
        return v4 ? icmp4 : icmp6;
    }

    /** A packet of {@code bytes} bytes, with its IP header, left by eth0. */
    void sentOut(boolean v4, long bytes) {
        ip(v4).sent(bytes, 1);
        ethernet.sent(bytes + ETHERNET_HEADER, 1);
    }

    /** A packet came in by eth0. */
    void cameIn(boolean v4, long bytes) {
        ip(v4).received(bytes, 1);
        ethernet.received(bytes + ETHERNET_HEADER, 1);
    }

    /** A packet left by the loopback and came back in at once. */
    void passed(boolean v4, long bytes) {
        ip(v4).sent(bytes, 1);
        ip(v4).received(bytes, 1);
        loopback.sent(bytes + ETHERNET_HEADER, 1);
        loopback.received(bytes + ETHERNET_HEADER, 1);
    }

    /** A packet for a group left by an interface. */
    void multicast(int interfaceIndex, boolean v4, long bytes) {
        ip(v4).sentMulticast++;
        if (interfaceIndex == NetworkStack.LOOPBACK_INDEX) {
            passed(v4, bytes);
            ip(v4).receivedMulticast++;
            loopback.receivedMulticast++;
        } else {
            sentOut(v4, bytes);
        }
    }

    /** Bytes of a stream were sent. */
    void streamSent(boolean inside, boolean v4, long bytes) {
        long segments = segments(inside, bytes);
        long whole = bytes + segments * TCP_HEADERS;
        segmentsSent += segments;
        ip(v4).sent(whole, segments);
        (inside ? loopback : ethernet).sent(whole + segments * ETHERNET_HEADER, segments);
    }

    /** Bytes of a stream were received. */
    void streamReceived(boolean inside, boolean v4, long bytes) {
        long segments = segments(inside, bytes);
        long whole = bytes + segments * TCP_HEADERS;
        segmentsReceived += segments;
        ip(v4).received(whole, segments);
        (inside ? loopback : ethernet).received(whole + segments * ETHERNET_HEADER, segments);
    }

    private static long segments(boolean inside, long bytes) {
        long segment = inside ? LOOPBACK_SEGMENT : ETHERNET_SEGMENT;
        return (bytes + segment - 1) / segment;
    }
}
