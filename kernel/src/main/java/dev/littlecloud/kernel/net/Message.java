package dev.littlecloud.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * What goes with the bytes of one send or receive: {@code struct msghdr} without its buffers. One
 * belongs to each instance and is reused, because calls run one at a time.
 */
public final class Message {
    /** MSG_ flags of the call. */
    public int flags;

    /** Where to send to, or where a received message came from. */
    public @Nullable SocketAddress address;

    /** What is sent beside the bytes, or what came beside them. */
    public @Nullable Ancillary ancillary;

    /** MSG_ flags that a receive reports. */
    public int received;

    /** What is to be told of a received datagram. */
    public @Nullable PacketInfo packet;

    /** Hop limit and traffic class that the sender wants for this datagram, or -1. */
    public int hops;

    public int trafficClass;

    /** Forgets the last call. */
    public Message reset(int callFlags) {
        flags = callFlags;
        address = null;
        ancillary = null;
        received = 0;
        packet = null;
        hops = -1;
        trafficClass = -1;
        return this;
    }

    /** Closes files that nobody took. */
    public void dropAncillary() {
        Ancillary left = ancillary;
        if (left != null) {
            ancillary = null;
            left.drop();
        }
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
