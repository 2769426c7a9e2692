package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.Nullable;

/** A name of type socket, and which socket is bound to it; unix(7). */
public interface SocketNode {
    /** The socket bound here, or null: ECONNREFUSED. */
    @Nullable Object boundSocket();

    void bindSocket(@Nullable Object socket);
}
