package dev.littlecloud.gateway.service;

import java.net.InetSocketAddress;

/** Where a connection to a service leads. Equal back ends share idle connections. */
public sealed interface Backend {
    /**
     * A program in an instance, reached without a socket of the host.
     *
     * @param acceptor hands connections over; its identity is the instance's
     */
    record Guest(Acceptor acceptor) implements Backend {}

    /** A program of the host or of another machine. */
    record Host(InetSocketAddress address) implements Backend {}
}
