package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.InetEndpoint;
import dev.littlecloud.kernel.net.NetworkStack;

/** Puts a connection into a guest's accept queue, now or when there is room. */
final class Delivery {
    private final NetworkStack network;
    private final HostStream stream;
    private final InetEndpoint peer;
    private final int port;

    Delivery(NetworkStack network, HostStream stream, InetEndpoint peer, int port) {
        this.network = network;
        this.stream = stream;
        this.peer = peer;
        this.port = port;
    }

    /** False where nobody listens. */
    boolean begin() {
        return switch (network.deliver(stream, peer, port, this::roomAgain)) {
            case ACCEPTED, FULL -> true;
            case REFUSED -> false;
        };
    }

    /** Runs with the instance lock held, in the middle of an accept(2). */
    private void roomAgain() {
        Thread.startVirtualThread(this::again);
    }

    private void again() {
        if (!begin()) {
            stream.close(true);
        }
    }
}
