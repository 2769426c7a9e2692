package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.net.InetEndpoint;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Translates between the kernel's addresses and Java's. */
public final class Endpoints {
    private Endpoints() {}

    static InetAddress address(InetEndpoint endpoint) {
        byte[] bytes =
                endpoint.isV4()
                        ? ByteBuffer.allocate(4).putInt(endpoint.v4Address()).array()
                        : ByteBuffer.allocate(16)
                                .putLong(endpoint.high())
                                .putLong(endpoint.low())
                                .array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 or 16 bytes are an address", impossible);
        }
    }

    /** An address of this process as the kernel writes it. */
    public static InetEndpoint endpoint(InetSocketAddress address) {
        return endpoint(address.getAddress(), address.getPort());
    }

    static InetEndpoint endpoint(InetAddress address, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address
                ? InetEndpoint.v4(bytes.getInt(), port)
                : new InetEndpoint(bytes.getLong(0), bytes.getLong(8), port, 0);
    }
}
