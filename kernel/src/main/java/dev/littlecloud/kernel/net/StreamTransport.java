package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.IoBuffer;

/** What carries an established TCP connection's bytes. Guarded by the instance lock. */
interface StreamTransport {
    /**
     * Receives what is there.
     *
     * @param peek whether the bytes stay
     * @param from bytes to leave out at the start; only with {@code peek}
     * @return bytes moved, 0 at the end of the stream, {@code -EAGAIN}, or {@code -errno}
     */
    long receive(IoBuffer target, boolean peek, long from);

    /** Bytes taken from {@code source}, {@code -EAGAIN}, or {@code -errno}. */
    long send(IoBuffer source);

    /** Sends with MSG_OOB: the last byte is urgent; as {@link #send}. */
    long sendUrgent(IoBuffer source);

    /** Receives the urgent byte; as {@link #receive}. */
    long receiveUrgent(IoBuffer target, boolean peek);

    /** Whether the next byte to read follows the urgent one; SIOCATMARK. */
    boolean isAtMark();

    /** Forgets up to {@code length} bytes that came: MSG_TRUNC on TCP; as {@link #receive}. */
    long discard(long length);

    /** Poll events that hold now. */
    int poll();

    long readableBytes();

    long unsentBytes();

    /** Takes the pending error: 0 or an errno. */
    int takeError();

    void shutdown(int how);

    /** Whether both directions have ended, after which there is no peer name any more. */
    boolean isOver();

    /** The socket's options changed. */
    void optionsChanged();

    /** Ends the connection, with a reset or as close(2) does. */
    void close(boolean reset);
}
