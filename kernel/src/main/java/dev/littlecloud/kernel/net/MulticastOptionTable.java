package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import org.jspecify.annotations.Nullable;

/**
 * Options about multicast that are structures: IP_ADD_MEMBERSHIP, MCAST_JOIN_GROUP and their kin; ip(7),
 * ipv6(7), RFC 3678.
 */
final class MulticastOptionTable {
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_DROP_MEMBERSHIP = 36;
    private static final int IP_UNBLOCK_SOURCE = 37;
    private static final int IP_BLOCK_SOURCE = 38;
    private static final int IP_ADD_SOURCE_MEMBERSHIP = 39;
    private static final int IP_DROP_SOURCE_MEMBERSHIP = 40;
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int MCAST_BLOCK_SOURCE = 43;
    private static final int MCAST_UNBLOCK_SOURCE = 44;
    private static final int MCAST_LEAVE_GROUP = 45;
    private static final int MCAST_JOIN_SOURCE_GROUP = 46;
    private static final int MCAST_LEAVE_SOURCE_GROUP = 47;
    private static final int IPV6_ADD_MEMBERSHIP = 20;
    private static final int IPV6_DROP_MEMBERSHIP = 21;

    /** {@code struct ip_mreq}, {@code ip_mreqn} and {@code ip_mreq_source}. */
    private static final int MREQ_BYTES = 8;

    private static final int MREQN_BYTES = 12;

    /** {@code struct ipv6_mreq}. */
    private static final int MREQ_V6_BYTES = 20;

    /** {@code struct group_req} and {@code group_source_req}: an index, then addresses. */
    private static final int GROUP_AT = 8;

    private static final int SOURCE_AT = 136;
    private static final int GROUP_BYTES = 136;
    private static final int GROUP_SOURCE_BYTES = 264;

    private MulticastOptionTable() {}

    /** Whether an option of IPPROTO_IP or IPPROTO_IPV6 is one of these. */
    static boolean isKnown(int level, int name) {
        if (name >= MCAST_JOIN_GROUP && name <= MCAST_LEAVE_SOURCE_GROUP) {
            return true;
        }
        return level == SocketConstants.IPPROTO_IP
                ? name == IP_MULTICAST_IF
                        || (name >= IP_ADD_MEMBERSHIP && name <= IP_DROP_SOURCE_MEMBERSHIP)
                : name == IPV6_ADD_MEMBERSHIP || name == IPV6_DROP_MEMBERSHIP;
    }

    /** Sets an option: 0 or {@code -errno}. */
    static long set(
            InetSocket socket, UserMemory memory, int level, int name, long address, int size) {
        boolean v4 = level == SocketConstants.IPPROTO_IP;
        if (v4 && name == IP_MULTICAST_IF) {
            return setInterface(socket, memory, address, size);
        }
        if (socket instanceof TcpSocket) {
            return -Errno.EPROTO;
        }
        if (name >= MCAST_JOIN_GROUP) {
            return anyFamily(socket, memory, v4, name, address, size);
        }
        if (!v4) {
            return membershipV6(socket, memory, name, address, size);
        }
        return name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP
                ? membership(socket, memory, name, address, size)
                : source(socket, memory, name, address, size);
    }

    private static long setInterface(InetSocket socket, UserMemory memory, long address, int size) {
        if (socket instanceof TcpSocket || size < 4) {
            return -Errno.EINVAL;
        }
        int index = size >= MREQN_BYTES ? memory.readInt(address + 8) : 0;
        int own = Integer.reverseBytes(memory.readInt(size >= MREQ_BYTES ? address + 4 : address));
        if (index == 0 && own != 0) {
            index = socket.stack().interfaceWith(own);
            if (index == 0) {
                return -Errno.EADDRNOTAVAIL;
            }
        } else if (index != 0 && !socket.stack().hasInterface(index)) {
            return -Errno.EADDRNOTAVAIL;
        }
        socket.ip().multicastInterface = index;
        socket.ip().multicastAddress = own;
        return 0;
    }

    private static long membership(
            InetSocket socket, UserMemory memory, int name, long address, int size) {
        if (size < MREQ_BYTES) {
            return -Errno.EINVAL;
        }
        InetEndpoint group = v4(memory, address);
        int own = Integer.reverseBytes(memory.readInt(address + 4));
        int index = size >= MREQN_BYTES ? memory.readInt(address + 8) : 0;
        if (!group.isMulticast()) {
            return -Errno.EINVAL;
        }
        int found = interfaceOf(socket.stack(), index, own);
        if (name == IP_DROP_MEMBERSHIP) {
            return found == 0 && index == 0 && own == 0
                    ? -Errno.ENODEV
                    : socket.groups().leave(group, index, own);
        }
        return found == 0 ? -Errno.ENODEV : socket.groups().join(group, found, own);
    }

    private static long source(
            InetSocket socket, UserMemory memory, int name, long address, int size) {
        if (size != MREQN_BYTES) {
            return -Errno.EINVAL;
        }
        InetEndpoint group = v4(memory, address);
        int own = Integer.reverseBytes(memory.readInt(address + 4));
        InetEndpoint source = v4(memory, address + 8);
        int found = interfaceOf(socket.stack(), 0, own);
        if (!group.isMulticast()) {
            return -Errno.EINVAL;
        }
        if (found == 0) {
            return -Errno.ENODEV;
        }
        SocketGroups groups = socket.groups();
        return switch (name) {
            case IP_ADD_SOURCE_MEMBERSHIP -> groups.joinSource(group, found, own, source);
            case IP_DROP_SOURCE_MEMBERSHIP -> groups.removeSource(group, found, source, true);
            case IP_BLOCK_SOURCE -> groups.addSource(group, found, source, false);
            case IP_UNBLOCK_SOURCE -> groups.removeSource(group, found, source, false);
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private static long membershipV6(
            InetSocket socket, UserMemory memory, int name, long address, int size) {
        if (size < MREQ_V6_BYTES) {
            return -Errno.EINVAL;
        }
        InetEndpoint group = new InetEndpoint(big(memory, address), big(memory, address + 8), 0, 0);
        int index = memory.readInt(address + 16);
        if (!group.isMulticast() || group.isV4()) {
            return -Errno.EINVAL;
        }
        if (name == IPV6_DROP_MEMBERSHIP) {
            return socket.groups().leave(group, index, 0);
        }
        int found = interfaceOf(socket.stack(), index, 0);
        return found == 0 ? -Errno.ENODEV : socket.groups().join(group, found, 0);
    }

    private static long anyFamily(
            InetSocket socket, UserMemory memory, boolean v4, int name, long address, int size) {
        boolean plain = name == MCAST_JOIN_GROUP || name == MCAST_LEAVE_GROUP;
        if (size < (plain ? GROUP_BYTES : GROUP_SOURCE_BYTES)) {
            return -Errno.EINVAL;
        }
        int index = memory.readInt(address);
        InetEndpoint group = storage(memory, address + GROUP_AT, v4);
        InetEndpoint source = plain ? group : storage(memory, address + SOURCE_AT, v4);
        if (group == null || source == null) {
            return plain ? -Errno.EINVAL : -Errno.EADDRNOTAVAIL;
        }
        if (!group.isMulticast()) {
            return -Errno.EINVAL;
        }
        SocketGroups groups = socket.groups();
        if (name == MCAST_LEAVE_GROUP) {
            return groups.leave(group, index, 0);
        }
        int found = interfaceOf(socket.stack(), index, 0);
        if (found == 0) {
            return -Errno.ENODEV;
        }
        return switch (name) {
            case MCAST_JOIN_GROUP -> groups.join(group, found, 0);
            case MCAST_JOIN_SOURCE_GROUP -> groups.joinSource(group, found, 0, source);
            case MCAST_LEAVE_SOURCE_GROUP -> groups.removeSource(group, found, source, true);
            case MCAST_BLOCK_SOURCE -> groups.addSource(group, found, source, false);
            case MCAST_UNBLOCK_SOURCE -> groups.removeSource(group, found, source, false);
            default -> -Errno.ENOPROTOOPT;
        };
    }

    /** The interface that an index, or else an address, means: 0 where there is none. */
    private static int interfaceOf(NetworkStack stack, int index, int own) {
        if (index != 0) {
            return stack.hasInterface(index) ? index : 0;
        }
        if (own != 0) {
            return stack.interfaceWith(own);
        }
        return stack.config().hasInterface() ? NetworkStack.ETHERNET_INDEX : 0;
    }

    private static InetEndpoint v4(UserMemory memory, long address) {
        return InetEndpoint.v4(Integer.reverseBytes(memory.readInt(address)), 0);
    }

    private static long big(UserMemory memory, long address) {
        return Long.reverseBytes(memory.readLong(address));
    }

    /** A {@code struct sockaddr_storage} of the level's family, or null. */
    private static @Nullable InetEndpoint storage(UserMemory memory, long address, boolean v4) {
        int family = memory.readShort(address) & 0xFFFF;
        if (v4) {
            return family == SocketConstants.AF_INET ? v4(memory, address + 4) : null;
        }
        return family == SocketConstants.AF_INET6
                ? new InetEndpoint(big(memory, address + 8), big(memory, address + 16), 0, 0)
                : null;
    }

    /** IP_MULTICAST_IF as getsockopt(2) shows it: bytes written, or -1 where it is another option. */
    static long get(
            InetSocket socket, UserMemory memory, int level, int name, long address, int room) {
        if (level != SocketConstants.IPPROTO_IP || name != IP_MULTICAST_IF) {
            return -1;
        }
        int shown = Integer.reverseBytes(socket.ip().multicastAddress);
        return OptionBytes.write(memory, address, room, shown);
    }
}
