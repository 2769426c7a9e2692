package dev.littlecloud.kernel.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A UDP socket of the host on behalf of one of the instance. Never blocks. */
public interface HostDatagrams {
    /** Says who hears of datagrams that came. Called once, before {@link #wantRead}. */
    void listener(HostEvents events);

    /** Asks to be told once when a datagram is there. */
    void wantRead();

    /** Sends one datagram: 0 or {@code -errno}. */
    int send(InetEndpoint destination, ByteBuffer payload);

    /**
     * Receives one datagram into {@code target}.
     *
     * @return its source, or null where none is there; {@link #error} then tells more
     */
    @Nullable InetEndpoint receive(ByteBuffer target);

    /** Takes the error that the last {@link #receive} met: 0 or an errno. */
    int error();

    void close();
}
