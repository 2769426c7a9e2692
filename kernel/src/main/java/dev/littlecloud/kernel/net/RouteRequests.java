package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Answers rtnetlink(7) requests: dumps of links, addresses and routes, and single ones. */
final class RouteRequests extends NetlinkRequests {
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_MULTI = 2;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_GETNEIGH = 30;
    private static final int RTM_GETRULE = 34;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_STATS = 7;
    private static final int IFLA_STATS64 = 23;

    /** {@code struct rtmsg}. */
    private static final int ROUTE_BYTES = 12;

    private static final int RTA_DST = 1;

    private final NetworkConfig config;
    private final NetworkCounters counters;

    RouteRequests(NetworkConfig config, NetworkCounters counters, int portId) {
        super(portId);
        this.config = config;
        this.counters = counters;
    }

    @Override
    void one(ByteBuffer in, int at, int length) {
        int type = in.getShort(at + 4) & 0xFFFF;
        int flags = in.getShort(at + 6) & 0xFFFF;
        boolean get = (type & 3) == 2;
        if (!get) {
            error(in, at, Errno.EPERM);
            return;
        }
        boolean dump = (flags & NLM_F_DUMP) == NLM_F_DUMP;
        int family = length > HEADER_BYTES ? in.get(at + HEADER_BYTES) & 255 : 0;
        if (!dump) {
            if (type == RTM_GETLINK && length >= HEADER_BYTES + 16) {
                singleLink(in, at, length);
            } else if (type == RTM_GETROUTE
                    && family == SocketConstants.AF_INET
                    && length >= HEADER_BYTES + ROUTE_BYTES) {
                singleRoute(in, at, length);
            } else {
                error(in, at, Errno.EOPNOTSUPP);
            }
        } else if (isKnown(type)) {
            dump(type, family);
        } else {
            error(in, at, Errno.EOPNOTSUPP);
        }
        if (!dump && (flags & NLM_F_ACK) != 0) {
            error(in, at, 0);
        }
    }

    private static boolean isKnown(int type) {
        return switch (type) {
            case RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE -> true;
            default -> false;
        };
    }

    private void dump(int type, int family) {
        NetlinkWriter out = new NetlinkWriter(sequence, portId);
        for (NetworkInterface one : NetworkInterface.of(config)) {
            if (type == RTM_GETLINK) {
                link(out, one, NLM_F_MULTI);
            } else if (type == RTM_GETADDR) {
                addresses(out, one, family);
            }
        }
        if (type == RTM_GETROUTE && config.hasInterface() && family != SocketConstants.AF_INET6) {
            routes(out);
        }
        if (out.size() > 0) {
            answers.add(out.take());
        }
        out.begin(NLMSG_DONE, NLM_F_MULTI);
        out.putInt(0);
        out.end();
        answers.add(out.take());
    }

    private void singleLink(ByteBuffer in, int at, int length) {
        int index = in.getInt(at + HEADER_BYTES + 4);
        String name = attribute(in, at + HEADER_BYTES + 16, at + length, IFLA_IFNAME);
        for (NetworkInterface one : NetworkInterface.of(config)) {
            if (index != 0 ? one.index() == index : one.name().equals(name)) {
                NetlinkWriter out = new NetlinkWriter(sequence, portId);
                link(out, one, 0);
                answers.add(out.take());
                return;
            }
        }
        error(in, at, Errno.ENODEV);
    }

    /** The way to one address, as {@code ip route get} asks; by the address alone. */
    private void singleRoute(ByteBuffer in, int at, int length) {
        int destination = 0;
        for (int i = at + HEADER_BYTES + ROUTE_BYTES; i < at + length; ) {
            int size = attributeBytes(in, i, at + length);
            if (size == 0) {
                break;
            }
            if ((in.getShort(i + 2) & 0x3FFF) != RTA_DST || size != 8) {
                error(in, at, Errno.EOPNOTSUPP);
                return;
            }
            destination = Integer.reverseBytes(in.getInt(i + 4));
            i += size;
        }
        NetlinkWriter out = new NetlinkWriter(sequence, portId);
        if (RouteLookup.write(config, destination, out)) {
            answers.add(out.take());
        } else {
            error(in, at, Errno.ENETUNREACH);
        }
    }

    private static String attribute(ByteBuffer in, int start, int end, int wanted) {
        for (int at = start; at < end; ) {
            int length = attributeBytes(in, at, end);
            if (length == 0) {
                break;
            }
            if ((in.getShort(at + 2) & 0x3FFF) == wanted) {
                StringBuilder text = new StringBuilder();
                for (int i = at + 4; i < at + length && in.get(i) != 0; i++) {
                    text.append((char) (in.get(i) & 255));
                }
                return text.toString();
            }
            at += length + 3 & ~3;
        }
        return "";
    }

    /** Bytes of the attribute at {@code at} with its header, or 0 where there is no whole one. */
    private static int attributeBytes(ByteBuffer in, int at, int end) {
        int length = end - at < 4 ? 0 : in.getShort(at) & 0xFFFF;
        return length < 4 || length > end - at ? 0 : length;
    }

    /** {@code struct ifinfomsg} and its attributes. */
    private void link(NetlinkWriter out, NetworkInterface one, int flags) {
        out.begin(RTM_NEWLINK, flags);
        out.putByte(0).putByte(0).putShort(one.hardwareType());
        out.putInt(one.index()).putInt(one.flags()).putInt(0);
        out.string(IFLA_IFNAME, one.name());
        out.integer(13, 1000); // IFLA_TXQLEN
        out.bytes(16, new byte[] {(byte) (one.isLoopback() ? 0 : 6)}); // IFLA_OPERSTATE
        out.integer(4, one.mtu()); // IFLA_MTU
        out.string(6, one.isLoopback() ? "noqueue" : "pfifo_fast"); // IFLA_QDISC
        out.bytes(1, one.hardwareAddress()); // IFLA_ADDRESS
        byte[] broadcast = new byte[6];
        if (!one.isLoopback()) {
            Arrays.fill(broadcast, (byte) 0xFF);
        }
        out.bytes(2, broadcast); // IFLA_BROADCAST
        NetworkCounters.Traffic traffic = counters.of(one.index());
        out.bytes(IFLA_STATS, statistics(traffic, Integer.BYTES, 24));
        out.bytes(IFLA_STATS64, statistics(traffic, Long.BYTES, 25));
        out.end();
    }

    /** {@code struct rtnl_link_stats} or {@code rtnl_link_stats64}. */
    private static byte[] statistics(NetworkCounters.Traffic traffic, int width, int count) {
        long[] first = {
            traffic.receivedPackets,
            traffic.sentPackets,
            traffic.receivedBytes,
            traffic.sentBytes,
            // Errors and drops of both directions.
            0,
            0,
            0,
            0,
            traffic.receivedMulticast
        };
        ByteBuffer bytes = ByteBuffer.allocate(width * count).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : first) {
            if (width == Integer.BYTES) {
                bytes.putInt((int) value);
            } else {
                bytes.putLong(value);
            }
        }
        return bytes.array();
    }

    /** {@code struct ifaddrmsg} and its attributes. */
    private static void addresses(NetlinkWriter out, NetworkInterface one, int family) {
        if (family == 0 || family == SocketConstants.AF_INET) {
            int v4 = one.address();
            out.begin(RTM_NEWADDR, NLM_F_MULTI);
            out.putByte(SocketConstants.AF_INET).putByte(one.prefixLength());
            out.putByte(0x80).putByte(one.isLoopback() ? 254 : 0); // IFA_F_PERMANENT, scope
            out.putInt(one.index());
            out.address(1, v4); // IFA_ADDRESS
            out.address(2, v4); // IFA_LOCAL
            if (!one.isLoopback()) {
                out.address(4, one.broadcast()); // IFA_BROADCAST
            }
            out.string(3, one.name()); // IFA_LABEL
            out.integer(8, 0x80); // IFA_FLAGS
            out.end();
        }
        if (one.isLoopback() && (family == 0 || family == SocketConstants.AF_INET6)) {
            out.begin(RTM_NEWADDR, NLM_F_MULTI);
            out.putByte(SocketConstants.AF_INET6).putByte(128).putByte(0x80).putByte(254);
            out.putInt(one.index());
            byte[] v6 = new byte[16];
            v6[15] = 1;
            out.bytes(1, v6); // IFA_ADDRESS
            out.integer(8, 0x80); // IFA_FLAGS
            out.end();
        }
    }

    private void routes(NetlinkWriter out) {
        route(out, 0, 0, config.gateway());
        int mask = -1 << (32 - config.prefixLength());
        route(out, config.address() & mask, config.prefixLength(), 0);
    }

    /** {@code struct rtmsg} of the main table and its attributes. */
    private void route(NetlinkWriter out, int destination, int prefixLength, int gateway) {
        out.begin(RTM_NEWROUTE, NLM_F_MULTI);
        out.putByte(SocketConstants.AF_INET).putByte(prefixLength).putByte(0).putByte(0);
        // RT_TABLE_MAIN; RTPROT_BOOT or RTPROT_KERNEL; scope universe or link; RTN_UNICAST.
        out.putByte(254).putByte(gateway != 0 ? 3 : 2).putByte(gateway != 0 ? 0 : 253).putByte(1);
        out.putInt(0);
        out.integer(15, 254); // RTA_TABLE
        if (prefixLength > 0) {
            out.address(1, destination); // RTA_DST
        }
        if (gateway != 0) {
            out.address(5, gateway); // RTA_GATEWAY
        } else {
            out.address(7, config.address()); // RTA_PREFSRC
        }
        out.integer(4, NetworkStack.ETHERNET_INDEX); // RTA_OIF
        out.end();
    }
}
