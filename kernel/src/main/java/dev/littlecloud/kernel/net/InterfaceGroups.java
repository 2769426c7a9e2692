package dev.littlecloud.kernel.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The multicast groups that an instance's interfaces listen to. Guarded by the instance lock. */
final class InterfaceGroups {
    /**
     * A group on an interface.
     *
     * @param address without port and scope
     */
    record Group(InetEndpoint address, int interfaceIndex) {}

    private static final InetEndpoint ALL_SYSTEMS = InetEndpoint.v4(0xE0000001, 0);
    private static final InetEndpoint ALL_NODES = new InetEndpoint(0xFF02L << 48, 1, 0, 0);
    private static final InetEndpoint ALL_LOCAL_NODES = new InetEndpoint(0xFF01L << 48, 1, 0, 0);

    /** How many memberships of sockets there are in each group. */
    private final SequencedMap<Group, Integer> users = new LinkedHashMap<>();

    /** Joins what every host listens to; RFC 1112, RFC 4291. */
    InterfaceGroups(NetworkConfig config) {
        for (NetworkInterface one : NetworkInterface.of(config)) {
            for (InetEndpoint group :
                    new InetEndpoint[] {ALL_SYSTEMS, ALL_LOCAL_NODES, ALL_NODES}) {
                users.put(new Group(group, one.index()), 1);
            }
        }
    }

    boolean isMember(InetEndpoint group, int interfaceIndex) {
        return users.containsKey(new Group(SocketGroups.bare(group), interfaceIndex));
    }

    void joined(Membership membership) {
        users.merge(key(membership), 1, Integer::sum);
    }

    void left(Membership membership) {
        users.computeIfPresent(key(membership), (_, count) -> count == 1 ? null : count - 1);
    }

    private static Group key(Membership membership) {
        return new Group(membership.group, membership.interfaceIndex);
    }

    /** All groups with the number of memberships, the newest first as Linux lists them. */
    Map<Group, Integer> newestFirst() {
        return users.reversed();
    }
}
