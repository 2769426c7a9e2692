package dev.littlecloud.runtime.template;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * The outer end of a connection into a clone. It never blocks: where nothing can be read or written,
 * the {@link Listener} is told once that it makes sense again. One thread at a time per direction.
 */
public interface GuestStream {
    /** {@link #read} answers this after the guest's last byte. */
    int END = -1;

    /** {@link #read} and {@link #write} answer this when the connection broke or was closed. */
    int BROKEN = -2;

    /** Hears of a connection. Called with the instance's lock held: only hand the event on. */
    interface Listener {
        /** There is something to read, or the end. Told again only after a read answered 0. */
        void readable();

        /** There is room to write. Told only after a write took less than all. */
        void writable();
    }

    /** Bytes of the guest put into {@code target}; 0 where there are none yet, or an end. */
    int read(ByteBuffer target);

    /** Bytes of {@code source} taken for the guest, 0 where there is no room, or {@link #BROKEN}. */
    int write(ByteBuffer source);

    /** Tells the guest that no more bytes come. */
    void shutdownOutput();

    /**
     * Ends the connection. What was written and not yet read by the guest still reaches it.
     *
     * @param reset whether the guest gets ECONNRESET instead
     */
    void close(boolean reset);

    /**
     * The same connection for threads that may block, as virtual ones. Replaces the listener; closing
     * the channel closes the connection.
     */
    ByteChannel blocking();
}
