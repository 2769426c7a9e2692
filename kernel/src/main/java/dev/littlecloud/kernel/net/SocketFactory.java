package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** Which sockets there are; socket(2). */
final class SocketFactory {
    private SocketFactory() {}

    static SocketResult create(NetworkStack stack, Task task, int family, int type, int protocol) {
        if (type < SocketConstants.SOCK_STREAM || type > 10) {
            return SocketResult.error(Errno.EINVAL);
        }
        return switch (family) {
            case SocketConstants.AF_INET, SocketConstants.AF_INET6 ->
                    inet(stack, task, family, type, protocol);
            case SocketConstants.AF_UNIX -> unix(stack, task, type, protocol);
            case SocketConstants.AF_NETLINK -> netlink(stack, task, type, protocol);
            // Packet sockets need CAP_NET_RAW in the network's own user namespace; packet(7).
            case SocketConstants.AF_PACKET -> SocketResult.error(Errno.EPERM);
            default -> SocketResult.error(Errno.EAFNOSUPPORT);
        };
    }

    private static SocketResult inet(
            NetworkStack stack, Task task, int family, int type, int protocol) {
        int uid = task.credentials().euid();
        int gid = task.credentials().egid();
        int icmp =
                family == SocketConstants.AF_INET
                        ? SocketConstants.IPPROTO_ICMP
                        : SocketConstants.IPPROTO_ICMPV6;
        return switch (type) {
            case SocketConstants.SOCK_STREAM ->
                    protocol == 0 || protocol == SocketConstants.IPPROTO_TCP
                            ? SocketResult.of(new TcpSocket(stack, family, uid, gid))
                            : SocketResult.error(Errno.EPROTONOSUPPORT);
            case SocketConstants.SOCK_DGRAM -> {
                if (protocol == 0
                        || protocol == SocketConstants.IPPROTO_UDP
                        || protocol == SocketConstants.IPPROTO_UDPLITE) {
                    int shown = protocol == 0 ? SocketConstants.IPPROTO_UDP : protocol;
                    yield SocketResult.of(new UdpSocket(stack, family, shown, uid, gid));
                }
                // net.ipv4.ping_group_range has all groups; icmp(7).
                yield protocol == icmp
                        ? SocketResult.of(new PingSocket(stack, family, protocol, uid, gid))
                        : SocketResult.error(Errno.EPROTONOSUPPORT);
            }
            case SocketConstants.SOCK_RAW -> {
                if (protocol == 0) {
                    yield SocketResult.error(Errno.EPROTONOSUPPORT);
                }
                boolean may = protocol == icmp && task.credentials().has(Credentials.CAP_NET_RAW);
                yield may
                        ? SocketResult.of(new RawSocket(stack, family, protocol, uid, gid))
                        : SocketResult.error(Errno.EPERM);
            }
            default -> SocketResult.error(Errno.ESOCKTNOSUPPORT);
        };
    }

    private static SocketResult unix(NetworkStack stack, Task task, int type, int protocol) {
        if (protocol != 0 && protocol != SocketConstants.AF_UNIX) {
            return SocketResult.error(Errno.EPROTONOSUPPORT);
        }
        return switch (type) {
            case SocketConstants.SOCK_STREAM, SocketConstants.SOCK_SEQPACKET ->
                    SocketResult.of(new UnixConnectionSocket(stack, task, type));
            // Linux makes a raw Unix socket a datagram one; af_unix.c, unix_create().
            case SocketConstants.SOCK_DGRAM, SocketConstants.SOCK_RAW ->
                    SocketResult.of(new UnixDatagramSocket(stack, task));
            default -> SocketResult.error(Errno.ESOCKTNOSUPPORT);
        };
    }

    private static SocketResult netlink(NetworkStack stack, Task task, int type, int protocol) {
        if (type != SocketConstants.SOCK_RAW && type != SocketConstants.SOCK_DGRAM) {
            return SocketResult.error(Errno.ESOCKTNOSUPPORT);
        }
        return NetlinkSocket.isKnown(protocol)
                ? SocketResult.of(new NetlinkSocket(stack, task, type, protocol))
                : SocketResult.error(Errno.EPROTONOSUPPORT);
    }
}
