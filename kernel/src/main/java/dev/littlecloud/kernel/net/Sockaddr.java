package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code struct sockaddr} of all families, in the guest's memory. */
public final class Sockaddr {
    /** {@link #read} found AF_UNSPEC, which dissolves an association; connect(2). */
    public static final int UNSPECIFIED = 1;

    /** sizeof(struct sockaddr_storage). */
    private static final int MAX_BYTES = 128;

    private static final int INET_BYTES = 16;
    private static final int INET6_BYTES = 28;

    /** IPv6 addresses without a scope are taken too; RFC 2133. */
    private static final int LEAST_INET6_BYTES = 24;

    private static final int UNIX_PATH_BYTES = 108;
    private static final int NETLINK_BYTES = 12;

    private Sockaddr() {}

    /**
     * Reads an address for a socket into {@code message}.
     *
     * @return 0, {@link #UNSPECIFIED}, or {@code -errno}
     */
    public static int read(
            UserMemory memory, long address, long length, Socket socket, Message message) {
        if (length < 0 || length > MAX_BYTES) {
            return -Errno.EINVAL;
        }
        if (length < 2) {
            return -Errno.EINVAL;
        }
        int family = memory.readShort(address) & 0xFFFF;
        return switch (socket.family()) {
            case SocketConstants.AF_INET -> inet(memory, address, length, family, message);
            case SocketConstants.AF_INET6 ->
                    inet6(memory, address, length, family, socket.type(), message);
            case SocketConstants.AF_UNIX -> unix(memory, address, (int) length, family, message);
            default -> netlink(memory, address, length, family, message);
        };
    }

    /** Whether an address is INADDR_ANY or in6addr_any. */
    public static boolean isAny(SocketAddress address) {
        return address instanceof InetEndpoint inet && inet.isAny();
    }

    /** The source of a message as recvfrom(2) tells it: nothing for an unnamed sender. */
    public static @Nullable SocketAddress named(@Nullable SocketAddress source) {
        return source instanceof UnixAddress unix && unix.isUnnamed() ? null : source;
    }

    private static int inet(
            UserMemory memory, long address, long length, int family, Message message) {
        if (family == SocketConstants.AF_UNSPEC && length < INET_BYTES) {
            return UNSPECIFIED;
        }
        if (length < INET_BYTES) {
            return -Errno.EINVAL;
        }
        if (family != SocketConstants.AF_INET && family != SocketConstants.AF_UNSPEC) {
            return -Errno.EAFNOSUPPORT;
        }
        message.address = readV4(memory, address);
        return family == SocketConstants.AF_INET ? 0 : UNSPECIFIED;
    }

    private static InetEndpoint readV4(UserMemory memory, long address) {
        int port = Short.reverseBytes(memory.readShort(address + 2)) & 0xFFFF;
        return InetEndpoint.v4(Integer.reverseBytes(memory.readInt(address + 4)), port);
    }

    private static int inet6(
            UserMemory memory, long address, long length, int family, int type, Message message) {
        if (family == SocketConstants.AF_UNSPEC) {
            return UNSPECIFIED;
        }
        boolean datagram = type == SocketConstants.SOCK_DGRAM;
        if (family == SocketConstants.AF_INET && datagram && length >= INET_BYTES) {
            message.address = readV4(memory, address);
            return 0;
        }
        if (length < LEAST_INET6_BYTES) {
            return -Errno.EINVAL;
        }
        if (family != SocketConstants.AF_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        int port = Short.reverseBytes(memory.readShort(address + 2)) & 0xFFFF;
        long high = Long.reverseBytes(memory.readLong(address + 8));
        long low = Long.reverseBytes(memory.readLong(address + 16));
        int scope = length >= INET6_BYTES ? memory.readInt(address + 24) : 0;
        message.address = new InetEndpoint(high, low, port, scope);
        return 0;
    }

    private static int unix(
            UserMemory memory, long address, int length, int family, Message message) {
        if (family == SocketConstants.AF_UNSPEC) {
            return UNSPECIFIED;
        }
        if (family != SocketConstants.AF_UNIX || length > 2 + UNIX_PATH_BYTES) {
            return -Errno.EINVAL;
        }
        byte[] path = new byte[length - 2];
        memory.read(address + 2, path, 0, path.length);
        boolean isPath = path.length > 0 && path[0] != 0;
        if (isPath) {
            int end = 0;
            while (end < path.length && path[end] != 0) {
                end++;
            }
            path = Arrays.copyOf(path, end);
        }
        message.address = path.length == 0 ? UnixAddress.UNNAMED : new UnixAddress(path);
        return 0;
    }

    private static int netlink(
            UserMemory memory, long address, long length, int family, Message message) {
        if (length < NETLINK_BYTES || family != SocketConstants.AF_NETLINK) {
            return -Errno.EINVAL;
        }
        message.address =
                new NetlinkAddress(memory.readInt(address + 4), memory.readInt(address + 8));
        return 0;
    }

    /**
     * Writes an address as accept(2) and others do: as much as there is room for, and its full
     * length.
     *
     * @param lengthAddress an int: room in, length out
     * @return 0 or {@code -errno}
     */
    public static long write(
            UserMemory memory,
            long address,
            long lengthAddress,
            @Nullable SocketAddress value,
            int family) {
        int room = memory.readInt(lengthAddress);
        if (room < 0) {
            return -Errno.EINVAL;
        }
        memory.writeInt(lengthAddress, put(memory, address, room, value, family));
        return 0;
    }

    /** Writes an address: its full length, of which at most {@code room} bytes are written. */
    public static int put(
            UserMemory memory, long address, int room, @Nullable SocketAddress value, int family) {
        return switch (value) {
            case null -> 0;
            case InetEndpoint inet when family == SocketConstants.AF_INET ->
                    putV4(memory, address, room, inet);
            case InetEndpoint inet -> putBytes(memory, address, room, v6Bytes(inet));
            case UnixAddress unix -> putBytes(memory, address, room, unixBytes(unix));
            case NetlinkAddress netlink -> putBytes(memory, address, room, netlinkBytes(netlink));
        };
    }

    private static int putV4(UserMemory memory, long address, int room, InetEndpoint value) {
        if (room < INET_BYTES) {
            byte[] whole = new byte[INET_BYTES];
            whole[0] = SocketConstants.AF_INET;
            whole[2] = (byte) (value.port() >> 8);
            whole[3] = (byte) value.port();
            big(whole, 4, value.low(), 4);
            return putBytes(memory, address, room, whole);
        }
        memory.writeShort(address, (short) SocketConstants.AF_INET);
        memory.writeShort(address + 2, Short.reverseBytes((short) value.port()));
        memory.writeInt(address + 4, Integer.reverseBytes(value.v4Address()));
        memory.writeLong(address + 8, 0);
        return INET_BYTES;
    }

    private static int putBytes(UserMemory memory, long address, int room, byte[] bytes) {
        memory.write(address, bytes, 0, Math.min(room, bytes.length));
        return bytes.length;
    }

    private static byte[] v6Bytes(InetEndpoint value) {
        byte[] bytes = new byte[INET6_BYTES];
        bytes[0] = SocketConstants.AF_INET6;
        bytes[2] = (byte) (value.port() >> 8);
        bytes[3] = (byte) value.port();
        big(bytes, 8, value.high(), 8);
        big(bytes, 16, value.low(), 8);
        bytes[24] = (byte) value.scope();
        return bytes;
    }

    /** Stores the low {@code count} bytes of a number, the most significant first. */
    private static void big(byte[] target, int offset, long value, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = (byte) (value >>> (8 * (count - 1 - i)));
        }
    }

    private static byte[] unixBytes(UnixAddress value) {
        byte[] path = value.path();
        boolean terminated = !value.isUnnamed() && !value.isAbstract();
        byte[] bytes = new byte[2 + path.length + (terminated ? 1 : 0)];
        bytes[0] = SocketConstants.AF_UNIX;
        System.arraycopy(path, 0, bytes, 2, path.length);
        return bytes;
    }

    private static byte[] netlinkBytes(NetlinkAddress value) {
        byte[] bytes = new byte[NETLINK_BYTES];
        bytes[0] = SocketConstants.AF_NETLINK;
        little(bytes, 4, value.portId());
        little(bytes, 8, value.groups());
        return bytes;
    }

    private static void little(byte[] target, int offset, int value) {
        for (int i = 0; i < 4; i++) {
            target[offset + i] = (byte) (value >>> (8 * i));
        }
    }
}
