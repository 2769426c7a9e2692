package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** What TCP and UDP sockets share: an address with a port. Guarded by the instance lock. */
public abstract class InetSocket extends Socket implements PortUser {
    /** Options of IPPROTO_IP and IPPROTO_IPV6. */
    protected final IpOptions ip = new IpOptions();

    protected final SocketGroups groups;

    /** The effective user at socket(2). */
    private final int owner;

    protected InetEndpoint local;
    protected @Nullable InetEndpoint remote;

    /** Whether {@link #local}'s port is taken in the port table. */
    private boolean bound;

    protected InetSocket(NetworkStack stack, int family, int type, int protocol, int uid, int gid) {
        super(stack, family, type, protocol, uid, gid);
        this.owner = uid;
        this.groups = new SocketGroups(stack, ip);
        this.local = any();
    }

    // The port table of the socket's protocol.

    abstract int ephemeralPort();

    abstract boolean portConflicts();

    abstract void takePort();

    abstract void leavePort();

    private InetEndpoint any() {
        return family == SocketConstants.AF_INET ? InetEndpoint.ANY_V4 : InetEndpoint.ANY_V6;
    }

    final boolean isBound() {
        return bound;
    }

    public final IpOptions ip() {
        return ip;
    }

    final SocketGroups groups() {
        return groups;
    }

    @Override
    public final InetEndpoint local() {
        return local;
    }

    @Override
    public final @Nullable InetEndpoint remote() {
        return remote;
    }

    @Override
    public final boolean coversV4() {
        return local.isV4() || (local.isAny() && !ip.onlyV6);
    }

    @Override
    public final boolean coversV6() {
        return !local.isV4();
    }

    @Override
    public final boolean sharesAddress() {
        return options.reuseAddress;
    }

    @Override
    public final boolean sharesPort() {
        return options.reusePort;
    }

    @Override
    public final int owner() {
        return owner;
    }

    @Override
    public long bind(Task task, SocketAddress address) {
        if (bound || remote != null) {
            return -Errno.EINVAL;
        }
        InetEndpoint wanted = (InetEndpoint) address;
        if (!stack.isBindable(wanted) || (wanted.isV4() && ip.onlyV6)) {
            return -Errno.EADDRNOTAVAIL;
        }
        return bindTo(wanted);
    }

    /** Takes a port, an ephemeral one for 0: 0 or {@code -errno}. */
    protected final long bindTo(InetEndpoint wanted) {
        InetEndpoint before = local;
        local = wanted;
        if (wanted.port() == 0) {
            int port = ephemeralPort();
            if (port == 0) {
                local = before;
                return -Errno.EADDRINUSE;
            }
            local = wanted.withPort(port);
        } else if (portConflicts()) {
            local = before;
            return -Errno.EADDRINUSE;
        }
        takePort();
        bound = true;
        return 0;
    }

    /** Gets a port if the socket has none yet: 0 or {@code -errno}. */
    protected final long autobind() {
        return bound ? 0 : bindTo(local);
    }

    protected final void unbind() {
        if (bound) {
            leavePort();
            bound = false;
        }
        local = any();
    }

    /** The address a connection or datagram to {@code destination} comes from. */
    protected final void chooseSource(InetEndpoint destination) {
        if (local.isAny()) {
            InetEndpoint source =
                    destination.isMulticast()
                            ? stack.addressOf(multicastInterface(destination), destination)
                            : stack.sourceFor(destination);
            local = source.withPort(local.port());
        }
    }

    /** The index of the interface that a group's packets leave by, or 0 where there is none. */
    protected final int multicastInterface(InetEndpoint group) {
        boolean v4 = group.isV4();
        int chosen = v4 ? ip.multicastInterface : ip.multicastInterfaceV6;
        if (!v4 && group.scope() != 0) {
            chosen = group.scope();
        }
        if (chosen != 0) {
            return stack.hasInterface(chosen) ? chosen : 0;
        }
        if (!v4) {
            // No route for groups of IPv6, where no interface but the loopback has an address.
            return 0;
        }
        if (local.isLoopback()) {
            return NetworkStack.LOOPBACK_INDEX;
        }
        return stack.config().hasInterface() ? NetworkStack.ETHERNET_INDEX : 0;
    }

    /** Whether packets to an address can leave from this socket: 0 or {@code -errno}. */
    protected final int reaches(InetEndpoint destination) {
        if (family == SocketConstants.AF_INET6 && destination.isV4() && ip.onlyV6) {
            return -Errno.ENETUNREACH;
        }
        boolean fromV6 = !local.isV4() && !local.isAny();
        if (fromV6 == destination.isV4() && !local.isAny()) {
            return -Errno.ENETUNREACH;
        }
        return 0;
    }

    @Override
    public final SocketAddress localAddress() {
        return local;
    }
}
