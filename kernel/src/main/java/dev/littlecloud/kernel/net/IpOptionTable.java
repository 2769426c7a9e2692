package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;

/** IPPROTO_IP and IPPROTO_IPV6; ip(7), ipv6(7). */
final class IpOptionTable {
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_RETOPTS = 7;
    private static final int IP_PKTINFO = 8;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVERR = 11;
    private static final int IP_RECVTTL = 12;
    private static final int IP_RECVTOS = 13;
    private static final int IP_MTU = 14;
    private static final int IP_FREEBIND = 15;
    private static final int IP_BIND_ADDRESS_NO_PORT = 24;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IP_MULTICAST_ALL = 49;
    private static final int IP_LOCAL_PORT_RANGE = 51;

    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_MULTICAST_HOPS = 18;
    private static final int IPV6_MULTICAST_LOOP = 19;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int IPV6_RECVERR = 25;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_MULTICAST_ALL = 29;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_RECVHOPLIMIT = 51;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int IPV6_TCLASS = 67;

    private static final int LOOPBACK_MTU = 65535;

    private IpOptionTable() {}

    static long get(InetSocket socket, int name) {
        IpOptions ip = socket.ip();
        return switch (name) {
            case IP_TOS -> ip.typeOfService;
            case IP_TTL -> ip.timeToLive;
            case IP_PKTINFO -> OptionAnswer.of(ip.packetInfo);
            case IP_MTU_DISCOVER -> ip.pathMtuDiscovery;
            case IP_RECVERR -> OptionAnswer.of(ip.receiveErrors);
            case IP_RECVTTL -> OptionAnswer.of(ip.receiveTtl);
            case IP_RECVTOS -> OptionAnswer.of(ip.receiveTos);
            case IP_MTU ->
                    socket.peerAddress() == null
                            ? OptionAnswer.failed(Errno.ENOTCONN)
                            : LOOPBACK_MTU;
            case IP_FREEBIND -> OptionAnswer.of(ip.freeBind);
            case IP_BIND_ADDRESS_NO_PORT -> OptionAnswer.of(ip.bindAddressNoPort);
            case IP_MULTICAST_TTL -> ip.multicastTtl;
            case IP_MULTICAST_LOOP -> OptionAnswer.of(ip.multicastLoop);
            case IP_MULTICAST_ALL -> OptionAnswer.of(ip.multicastAll);
            case IP_RETOPTS -> OptionAnswer.of(ip.receiveOptions);
            case IP_LOCAL_PORT_RANGE -> 0;
            default -> OptionAnswer.failed(Errno.ENOPROTOOPT);
        };
    }

    static long set(InetSocket socket, int name, int value) {
        IpOptions ip = socket.ip();
        boolean on = value != 0;
        switch (name) {
            case IP_TOS -> ip.typeOfService = value & 0xFF;
            case IP_TTL -> {
                if (value != -1 && (value < 1 || value > 255)) {
                    return -Errno.EINVAL;
                }
                ip.timeToLive = value == -1 ? 64 : value;
            }
            case IP_PKTINFO -> ip.packetInfo = on;
            case IP_MTU_DISCOVER -> {
                if (value < 0 || value > 5) {
                    return -Errno.EINVAL;
                }
                ip.pathMtuDiscovery = value;
            }
            case IP_RECVERR -> ip.receiveErrors = on;
            case IP_RECVTTL -> ip.receiveTtl = on;
            case IP_RECVTOS -> ip.receiveTos = on;
            case IP_FREEBIND -> ip.freeBind = on;
            case IP_BIND_ADDRESS_NO_PORT -> ip.bindAddressNoPort = on;
            case IP_MULTICAST_TTL -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                ip.multicastTtl = value == -1 ? 1 : value;
            }
            case IP_MULTICAST_LOOP -> ip.multicastLoop = on;
            case IP_MULTICAST_ALL -> {
                if (value != 0 && value != 1) {
                    return -Errno.EINVAL;
                }
                ip.multicastAll = on;
            }
            // No packet that comes in has options to be told of.
            case IP_RETOPTS -> ip.receiveOptions = on;
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    static long getV6(InetSocket socket, int name) {
        IpOptions ip = socket.ip();
        return switch (name) {
            case IPV6_V6ONLY -> OptionAnswer.of(ip.onlyV6);
            case IPV6_UNICAST_HOPS -> ip.unicastHops == -1 ? 64 : ip.unicastHops;
            case IPV6_MULTICAST_IF -> ip.multicastInterfaceV6;
            case IPV6_MULTICAST_ALL -> OptionAnswer.of(ip.multicastAllV6);
            case IPV6_MULTICAST_HOPS -> ip.multicastHops;
            case IPV6_MULTICAST_LOOP -> OptionAnswer.of(ip.multicastLoop);
            case IPV6_MTU_DISCOVER -> ip.pathMtuDiscovery;
            case IPV6_MTU ->
                    socket.peerAddress() == null
                            ? OptionAnswer.failed(Errno.ENOTCONN)
                            : LOOPBACK_MTU;
            case IPV6_RECVERR -> OptionAnswer.of(ip.receiveErrorsV6);
            case IPV6_RECVPKTINFO -> OptionAnswer.of(ip.packetInfoV6);
            case IPV6_RECVHOPLIMIT -> OptionAnswer.of(ip.receiveTtl);
            case IPV6_RECVTCLASS -> OptionAnswer.of(ip.receiveTos);
            case IPV6_TCLASS -> ip.trafficClass;
            default -> OptionAnswer.failed(Errno.ENOPROTOOPT);
        };
    }

    static long setV6(InetSocket socket, int name, int value) {
        IpOptions ip = socket.ip();
        boolean on = value != 0;
        switch (name) {
            case IPV6_V6ONLY -> {
                if (socket.isBound()) {
                    return -Errno.EINVAL;
                }
                ip.onlyV6 = on;
            }
            case IPV6_UNICAST_HOPS -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                ip.unicastHops = value;
            }
            case IPV6_MULTICAST_IF -> {
                if (socket instanceof TcpSocket) {
                    return -Errno.ENOPROTOOPT;
                }
                if (value != 0 && !socket.stack().hasInterface(value)) {
                    return -Errno.ENODEV;
                }
                ip.multicastInterfaceV6 = value;
            }
            case IPV6_MULTICAST_ALL -> ip.multicastAllV6 = on;
            case IPV6_MULTICAST_HOPS -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                ip.multicastHops = value == -1 ? 1 : value;
            }
            case IPV6_MULTICAST_LOOP -> ip.multicastLoop = on;
            case IPV6_MTU_DISCOVER -> ip.pathMtuDiscovery = value;
            case IPV6_RECVERR -> ip.receiveErrorsV6 = on;
            case IPV6_RECVPKTINFO -> ip.packetInfoV6 = on;
            case IPV6_RECVHOPLIMIT -> ip.receiveTtl = on;
            case IPV6_RECVTCLASS -> ip.receiveTos = on;
            case IPV6_TCLASS -> {
                if (value < -1 || value > 255) {
                    return -Errno.EINVAL;
                }
                ip.trafficClass = Math.max(value, 0);
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }
}
