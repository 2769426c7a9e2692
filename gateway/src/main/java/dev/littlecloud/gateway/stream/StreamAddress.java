package dev.littlecloud.gateway.stream;

import java.net.SocketAddress;

/** The address of either end of a {@link StreamChannel}, which is on no network. */
final class StreamAddress extends SocketAddress {
    private static final long serialVersionUID = 1;

    static final StreamAddress INSTANCE = new StreamAddress();

    private StreamAddress() {}

    @Override
    public String toString() {
        return "instance";
    }
}
