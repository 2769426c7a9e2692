package dev.littlecloud.kernel.net;

/** Where a socket is or sends to; one type per address family. Immutable. */
public sealed interface SocketAddress permits InetEndpoint, UnixAddress, NetlinkAddress {}
