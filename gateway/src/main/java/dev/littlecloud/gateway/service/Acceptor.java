package dev.littlecloud.gateway.service;

import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack.Delivery;
import java.net.InetSocketAddress;

/**
 * Puts connections into the accept queue of a program in an instance, as {@code
 * NetworkStack.deliver} does. Must not block.
 */
public interface Acceptor {
    /**
     * @param stream the instance's end of the connection
     * @param peer where it comes from, as getpeername(2) will tell
     * @param whenRoom runs after {@link Delivery#FULL}, on any thread, when it is worth trying again
     */
    Delivery deliver(HostStream stream, InetSocketAddress peer, Runnable whenRoom);
}
