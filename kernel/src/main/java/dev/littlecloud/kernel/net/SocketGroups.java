package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups that one socket listens to; ip(7), "IP_ADD_MEMBERSHIP". Guarded by the instance
 * lock.
 */
final class SocketGroups {
    /** net.ipv4.igmp_max_memberships and igmp_max_msf; IPv6 has a bound by memory, and mld_max_msf. */
    private static final int MOST_V4 = 20;

    private static final int MOST_V4_SOURCES = 10;
    private static final int MOST_V6 = 256;
    private static final int MOST_V6_SOURCES = 64;

    /** What a membership, or a source of one, is charged with. */
    private static final int COST = 128;

    private final NetworkStack stack;
    private final IpOptions options;
    private final List<Membership> memberships = new ArrayList<>(0);

    SocketGroups(NetworkStack stack, IpOptions options) {
        this.stack = stack;
        this.options = options;
    }

    /** An address without what does not belong to it. */
    static InetEndpoint bare(InetEndpoint address) {
        return address.port() == 0 && address.scope() == 0
                ? address
                : new InetEndpoint(address.high(), address.low(), 0, 0);
    }

    /** Joins a group on an interface: 0 or {@code -errno}. */
    long join(InetEndpoint group, int interfaceIndex, int joinedBy) {
        if (find(group, interfaceIndex) != null) {
            return -Errno.EADDRINUSE;
        }
        boolean v4 = group.isV4();
        if (count(v4) >= (v4 ? MOST_V4 : MOST_V6)) {
            return v4 ? -Errno.ENOBUFS : -Errno.ENOMEM;
        }
        if (!stack.memory().charge(COST)) {
            return -Errno.ENOBUFS;
        }
        Membership joined = new Membership(bare(group), interfaceIndex, joinedBy);
        memberships.add(joined);
        stack.multicast().joined(joined);
        return 0;
    }

    private int count(boolean v4) {
        int count = 0;
        for (Membership one : memberships) {
            count += one.group.isV4() == v4 ? 1 : 0;
        }
        return count;
    }

    /**
     * Leaves a group: 0 or {@code -errno}.
     *
     * @param interfaceIndex 0 for any
     * @param joinedBy the address that the program joined by, or 0 for any
     */
    long leave(InetEndpoint group, int interfaceIndex, int joinedBy) {
        for (Membership one : memberships) {
            boolean meant =
                    one.group.sameAddress(group)
                            && (interfaceIndex != 0
                                    ? interfaceIndex == one.interfaceIndex
                                    : joinedBy == 0 || joinedBy == one.joinedBy);
            if (meant) {
                drop(one);
                return 0;
            }
        }
        return -Errno.EADDRNOTAVAIL;
    }

    private void drop(Membership one) {
        memberships.remove(one);
        stack.memory().uncharge((long) COST * (1 + one.sourceCount()));
        stack.multicast().left(one);
    }

    void leaveAll() {
        while (!memberships.isEmpty()) {
            drop(memberships.getLast());
        }
    }

    /** Wants one source's datagrams, joining the group first if need be: 0 or {@code -errno}. */
    long joinSource(InetEndpoint group, int interfaceIndex, int joinedBy, InetEndpoint source) {
        Membership before = find(group, interfaceIndex);
        long status = before == null ? join(group, interfaceIndex, joinedBy) : 0;
        return status != 0 ? status : addSource(group, interfaceIndex, source, true);
    }

    /** Wants or refuses one more source of a group: 0 or {@code -errno}. */
    long addSource(InetEndpoint group, int interfaceIndex, InetEndpoint source, boolean including) {
        Membership membership = find(group, interfaceIndex);
        if (membership == null) {
            return -Errno.EINVAL;
        }
        int status = membership.turn(including);
        if (status != 0) {
            return status;
        }
        int most = group.isV4() ? MOST_V4_SOURCES : MOST_V6_SOURCES;
        if (membership.sourceCount() >= most || !stack.memory().charge(COST)) {
            return -Errno.ENOBUFS;
        }
        status = membership.add(bare(source));
        if (status != 0) {
            stack.memory().uncharge(COST);
        }
        return status;
    }

    /** Undoes {@link #addSource}: 0 or {@code -errno}. */
    long removeSource(
            InetEndpoint group, int interfaceIndex, InetEndpoint source, boolean including) {
        Membership membership = find(group, interfaceIndex);
        if (membership == null) {
            return -Errno.EINVAL;
        }
        int status = membership.turn(including);
        if (status != 0) {
            return status;
        }
        status = membership.remove(bare(source));
        if (status == 0) {
            stack.memory().uncharge(COST);
            if (membership.wantsNobody()) {
                drop(membership);
            }
        }
        return status;
    }

    private @Nullable Membership find(InetEndpoint group, int interfaceIndex) {
        for (Membership one : memberships) {
            if (one.interfaceIndex == interfaceIndex && one.group.sameAddress(group)) {
                return one;
            }
        }
        return null;
    }

    /**
     * Whether the socket wants a datagram that came for a group. What it has not joined itself it hears,
     * too, unless IP_MULTICAST_ALL is off.
     */
    boolean admits(InetEndpoint group, int interfaceIndex, InetEndpoint source) {
        Membership membership = find(group, interfaceIndex);
        if (membership == null) {
            return group.isV4() ? options.multicastAll : options.multicastAllV6;
        }
        return membership.admits(source);
    }
}
