package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.KernelIo;
import java.util.function.Consumer;

/**
 * The name server inside an instance, at {@link NetworkConfig#NAME_SERVER}: passes questions on to
 * the host's name servers, over UDP and TCP. Guarded by the instance lock.
 */
final class NameServer {
    static final int PORT = 53;

    /** Longest question taken, in bytes; longer ones are dropped. */
    private static final int MAX_QUERY = 4096;

    /**
     * Questions under way at once, each with a socket and a thread of the host; more are dropped,
     * and resolvers ask again.
     */
    private static final int MAX_PENDING = 64;

    private final NetworkStack stack;
    private int pending;

    NameServer(NetworkStack stack) {
        this.stack = stack;
    }

    /** Takes a question from a UDP socket; the answer comes to it as a datagram. */
    void query(UdpSocket socket, InetEndpoint server, IoBuffer source, int length) {
        if (length > MAX_QUERY) {
            return;
        }
        byte[] question = new byte[length];
        source.get(question, 0, length);
        ask(
                question,
                false,
                answer -> socket.deliver(new KernelIo(answer), answer.length, server, null));
    }

    /** Talks DNS over TCP with the other end of {@code client}. */
    void serve(StreamEnd client) {
        new NameServerStream(this, stack.memory(), client);
    }

    /**
     * Asks the host, unless too many questions are under way.
     *
     * @param consumer gets the answer with the instance lock held
     */
    void ask(byte[] question, boolean stream, Consumer<byte[]> consumer) {
        if (pending >= MAX_PENDING) {
            return;
        }
        pending++;
        stack.host()
                .resolve(
                        question,
                        stream,
                        answer -> stack.fromHost(() -> answered(answer, consumer)));
    }

    private void answered(byte[] answer, Consumer<byte[]> consumer) {
        pending--;
        if (answer.length > 0) {
            consumer.accept(answer);
        }
    }
}
