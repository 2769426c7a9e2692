package dev.littlecloud.kernel.net;

import java.nio.ByteBuffer;

/**
 * A byte stream that leaves the instance: a connection of the host, or one that a gateway hands
 * over. Never blocks. Used with the instance lock held; {@link #want} may be called from any
 * thread.
 */
public interface HostStream {
    int READ = 1;
    int WRITE = 2;

    /** {@link #read} answers this when the other side has sent its last byte. */
    int END = Integer.MIN_VALUE;

    /** Says who hears of readiness. Called once, before {@link #want}. */
    void listener(HostEvents events);

    /** Asks to be told once when reading or writing makes sense. */
    void want(int events);

    /** After a {@link #WRITE} event of a new connection: 0, or {@code -errno} why it failed. */
    int finishConnect();

    /** Bytes read into {@code target}, {@code -EAGAIN}, {@link #END}, or {@code -errno}. */
    int read(ByteBuffer target);

    /** Bytes taken from {@code source}, {@code -EAGAIN}, or {@code -errno}. */
    int write(ByteBuffer source);

    /** Sends the end of the stream. */
    void shutdownOutput();

    /** SO_KEEPALIVE; TCP_NODELAY is always set, because the guest has already batched. */
    void keepAlive(boolean enabled);

    /**
     * Ends the connection; nothing may be called afterwards.
     *
     * @param reset whether the other side gets a reset and data under way is dropped
     */
    void close(boolean reset);
}
