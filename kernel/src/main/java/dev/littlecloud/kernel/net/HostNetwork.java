package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The world outside of an instance. What an instance may reach is decided behind this interface, so
 * that the kernel cannot get it wrong.
 */
public interface HostNetwork {
    /**
     * Whether sockets may send to a destination outside: 0 or the errno that refuses it. Asked
     * before {@link #connect} and before every datagram.
     */
    int permits(InetEndpoint destination);

    /**
     * Starts a connection; a {@link HostStream#WRITE} event tells its outcome. Null where the host
     * has no sockets left.
     */
    @Nullable HostStream connect(InetEndpoint destination);

    /** Opens a UDP socket to send from; null where the host has none left. */
    @Nullable HostDatagrams openDatagrams();

    /**
     * Asks the host's name servers.
     *
     * @param query a DNS message
     * @param stream whether the answer may be longer than a datagram
     * @param answer called once, on a thread of the host that does not hold the instance lock, with
     *     the response, or with nothing where none came
     */
    void resolve(byte[] query, boolean stream, Consumer<byte[]> answer);

    /** No outside at all. */
    HostNetwork NONE =
            new HostNetwork() {
                @Override
                public int permits(InetEndpoint destination) {
                    return Errno.ENETUNREACH;
                }

                @Override
                public @Nullable HostStream connect(InetEndpoint destination) {
                    return null;
                }

                @Override
                public @Nullable HostDatagrams openDatagrams() {
                    return null;
                }

                @Override
                public void resolve(byte[] query, boolean stream, Consumer<byte[]> answer) {
                    Thread.ofVirtual().start(() -> answer.accept(new byte[0]));
                }
            };
}
