package dev.littlecloud.kernel.net;

import org.jspecify.annotations.Nullable;

/** What the port table asks of a socket that has a port. */
interface PortUser {
    /** Its address and port. */
    InetEndpoint local();

    /** What it is connected to, or null. */
    @Nullable InetEndpoint remote();

    /** Whether IPv4 comes in on its address. */
    boolean coversV4();

    boolean coversV6();

    boolean isListening();

    boolean sharesAddress();

    boolean sharesPort();

    /** The user who may share the port by SO_REUSEPORT. */
    int owner();
}
