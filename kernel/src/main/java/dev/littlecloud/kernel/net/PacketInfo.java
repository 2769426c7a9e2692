package dev.littlecloud.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * What a receiver can ask to be told of a datagram; ip(7), ipv6(7).
 *
 * @param destination the address it was sent to; null where it came from outside
 * @param interfaceIndex the interface it came by, or 0 where its destination tells
 * @param hops the time to live or hop limit it arrives with
 * @param trafficClass type of service or traffic class
 */
public record PacketInfo(
        @Nullable InetEndpoint destination, int interfaceIndex, int hops, int trafficClass) {}
