package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.util.HashSet;
import java.util.Set;

/**
 * A socket's membership in a multicast group on one interface, and whose datagrams it wants there; RFC
 * 3376, "Source filtering". Guarded by the instance lock.
 */
final class Membership {
    final InetEndpoint group;
    final int interfaceIndex;

    /** The interface's address that the program joined by, or 0. */
    final int joinedBy;

    /** Whether {@link #sources} are those that are wanted, or those that are not. */
    private boolean including;

    private final Set<InetEndpoint> sources = new HashSet<>();

    Membership(InetEndpoint group, int interfaceIndex, int joinedBy) {
        this.group = group;
        this.interfaceIndex = interfaceIndex;
        this.joinedBy = joinedBy;
    }

    boolean admits(InetEndpoint source) {
        return sources.contains(SocketGroups.bare(source)) == including;
    }

    boolean isEmpty() {
        return sources.isEmpty();
    }

    int sourceCount() {
        return sources.size();
    }

    /** Whether nobody is wanted, which is no membership at all. */
    boolean wantsNobody() {
        return including && sources.isEmpty();
    }

    /** Turns to the other kind of filter, where none is set: 0 or {@code -errno}. */
    int turn(boolean include) {
        if (including != include && !sources.isEmpty()) {
            return -Errno.EINVAL;
        }
        including = include;
        return 0;
    }

    /** Adds a source that is not there: 0 or {@code -errno}. */
    int add(InetEndpoint source) {
        return sources.add(source) ? 0 : -Errno.EADDRNOTAVAIL;
    }

    int remove(InetEndpoint source) {
        return sources.remove(source) ? 0 : -Errno.EADDRNOTAVAIL;
    }
}
