package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.runtime.PortMapping;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A port of the host that leads into an instance. */
interface Publication {
    int hostPort();

    void close();

    static Publication open(HostPoller poller, NetworkStack stack, PortMapping port)
            throws IOException {
        InetSocketAddress bind =
                port.hostAddress() == null
                        ? new InetSocketAddress(port.hostPort())
                        : new InetSocketAddress(port.hostAddress(), port.hostPort());
        return switch (port.protocol()) {
            case TCP -> new TcpPublication(poller, stack, bind, port.guestPort());
            case UDP -> udp(poller, stack, bind, port.guestPort());
        };
    }

    private static Publication udp(
            HostPoller poller, NetworkStack stack, InetSocketAddress bind, int guestPort)
            throws IOException {
        // Answers go to whoever sent something, which needs no policy.
        HostDatagramSocket socket =
                new HostDatagramSocket(
                        poller,
                        bind,
                        peer -> new InetSocketAddress(Endpoints.address(peer), peer.port()),
                        () -> {});
        int hostPort = socket.port();
        stack.publish(socket, guestPort);
        return new Publication() {
            @Override
            public int hostPort() {
                return hostPort;
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }
}
