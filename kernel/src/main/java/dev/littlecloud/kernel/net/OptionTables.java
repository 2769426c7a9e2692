package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** Finds the table of an option's level; getsockopt(2), setsockopt(2). */
public final class OptionTables {
    private static final int MAX_LENGTH = 64 << 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    private OptionTables() {}

    public static long get(
            Task task, Socket socket, int level, int name, long address, long lengthAddress) {
        UserMemory memory = task.memory();
        int room = memory.readInt(lengthAddress);
        if (room < 0) {
            return -Errno.EINVAL;
        }
        long written = structure(socket, memory, level, name, address, room);
        if (written == -1) {
            long answer = number(socket, level, name);
            if (OptionAnswer.isFailed(answer)) {
                return OptionAnswer.errno(answer);
            }
            written = writeNumber(memory, level, address, room, (int) answer);
        } else if (OptionAnswer.isFailed(written)) {
            return OptionAnswer.errno(written);
        }
        memory.writeInt(lengthAddress, (int) written);
        return 0;
    }

    private static long structure(
            Socket socket, UserMemory memory, int level, int name, long address, int room) {
        if (level == SocketConstants.SOL_SOCKET) {
            return GeneralOptions.getStructure(socket, memory, name, address, room);
        }
        if (level == SocketConstants.IPPROTO_TCP && socket instanceof TcpSocket tcp) {
            return TcpOptionTable.getStructure(tcp, memory, name, address, room);
        }
        if (socket instanceof RawSocket raw && isRaw(level)) {
            return RawOptionTable.get(raw, memory, level, name, address, room);
        }
        if (socket instanceof InetSocket inet) {
            return MulticastOptionTable.get(inet, memory, level, name, address, room);
        }
        return -1;
    }

    private static long number(Socket socket, int level, int name) {
        return switch (level) {
            case SocketConstants.SOL_SOCKET -> GeneralOptions.get(socket, name);
            case SocketConstants.IPPROTO_TCP ->
                    socket instanceof TcpSocket tcp
                            ? TcpOptionTable.get(tcp, name)
                            : OptionAnswer.failed(Errno.EOPNOTSUPP);
            case SocketConstants.IPPROTO_IP ->
                    socket instanceof InetSocket inet
                            ? IpOptionTable.get(inet, name)
                            : OptionAnswer.failed(Errno.EOPNOTSUPP);
            case SocketConstants.IPPROTO_IPV6 ->
                    isV6(socket)
                            ? IpOptionTable.getV6((InetSocket) socket, name)
                            : OptionAnswer.failed(Errno.EOPNOTSUPP);
            case SocketConstants.SOL_NETLINK ->
                    OptionAnswer.failed(
                            socket instanceof NetlinkSocket ? Errno.ENOPROTOOPT : Errno.EOPNOTSUPP);
            default -> OptionAnswer.failed(Errno.EOPNOTSUPP);
        };
    }

    private static boolean isRaw(int level) {
        return level == SocketConstants.SOL_RAW || level == SocketConstants.IPPROTO_ICMPV6;
    }

    private static boolean isV6(Socket socket) {
        return socket instanceof InetSocket && socket.family() == SocketConstants.AF_INET6;
    }

    /** Options of IPPROTO_IP fit into one byte where that is the room; ip_sockglue.c. */
    private static long writeNumber(
            UserMemory memory, int level, long address, int room, int value) {
        boolean asByte =
                level == SocketConstants.IPPROTO_IP
                        && room > 0
                        && room < 4
                        && value >= 0
                        && value <= 255;
        if (asByte) {
            memory.writeByte(address, (byte) value);
            return 1;
        }
        return OptionBytes.write(memory, address, room, value);
    }

    public static long set(
            Task task, Socket socket, int level, int name, long address, long length) {
        if (length < 0 || length > MAX_LENGTH) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        int size = (int) length;
        switch (level) {
            case SocketConstants.SOL_SOCKET -> {
                return GeneralOptions.set(task, socket, name, address, size);
            }
            case SocketConstants.IPPROTO_TCP -> {
                return socket instanceof TcpSocket tcp
                        ? TcpOptionTable.set(tcp, memory, name, address, size)
                        : -Errno.EOPNOTSUPP;
            }
            case SocketConstants.IPPROTO_IP -> {
                if (!(socket instanceof InetSocket inet)) {
                    return -Errno.EOPNOTSUPP;
                }
                if (MulticastOptionTable.isKnown(level, name)) {
                    return MulticastOptionTable.set(inet, memory, level, name, address, size);
                }
                return size == 0
                        ? -Errno.EINVAL
                        : IpOptionTable.set(inet, name, number(memory, address, size));
            }
            case SocketConstants.IPPROTO_IPV6 -> {
                if (!isV6(socket)) {
                    return -Errno.EOPNOTSUPP;
                }
                InetSocket inet = (InetSocket) socket;
                if (MulticastOptionTable.isKnown(level, name)) {
                    return MulticastOptionTable.set(inet, memory, level, name, address, size);
                }
                return size < 4
                        ? -Errno.EINVAL
                        : IpOptionTable.setV6(inet, name, memory.readInt(address));
            }
            case SocketConstants.SOL_NETLINK -> {
                boolean harmless = name == NETLINK_EXT_ACK || name == NETLINK_GET_STRICT_CHK;
                return socket instanceof NetlinkSocket && harmless ? 0 : -Errno.ENOPROTOOPT;
            }
            case SocketConstants.SOL_RAW, SocketConstants.IPPROTO_ICMPV6 -> {
                return socket instanceof RawSocket raw
                        ? RawOptionTable.set(raw, memory, level, name, address, size)
                        : -Errno.ENOPROTOOPT;
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
    }

    private static int number(UserMemory memory, long address, int size) {
        return size >= 4 ? memory.readInt(address) : memory.readByte(address) & 255;
    }
}
