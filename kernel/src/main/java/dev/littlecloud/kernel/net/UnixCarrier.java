package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.IoBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connected pair of Unix sockets, as a stream or with message boundaries. Guarded by
 * the instance lock.
 */
interface UnixCarrier {
    /**
     * Sends bytes and, with the first of them, what goes beside them.
     *
     * @param carried taken over where anything was sent
     * @return bytes sent, {@code -EAGAIN}, or {@code -errno}
     */
    long send(IoBuffer source, @Nullable Ancillary carried);

    /** Bytes received, 0 at the end, {@code -EAGAIN}, or {@code -errno}; fills {@code message}. */
    long receive(IoBuffer target, Message message);

    /** What came beside bytes that are still to be received. */
    void forEachMessage(Consumer<Ancillary> visitor);

    int poll();

    long readableBytes();

    long unsentBytes();

    int takeError();

    void shutdown(int how);

    void optionsChanged();

    void close();

    /** Options of the other end's socket, for SO_PASSCRED. */
    SocketOptions receiver();
}
