package dev.littlecloud.kernel.net;

/**
 * A netlink socket's address; netlink(7).
 *
 * @param portId 0 is the kernel
 * @param groups multicast groups, one bit each
 */
public record NetlinkAddress(int portId, int groups) implements SocketAddress {}
