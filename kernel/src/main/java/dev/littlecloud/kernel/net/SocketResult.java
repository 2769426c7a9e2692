package dev.littlecloud.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * A new socket, or why there is none.
 *
 * @param errno 0 where there is one
 */
public record SocketResult(int errno, @Nullable Socket socket) {
    static SocketResult of(Socket socket) {
        return new SocketResult(0, socket);
    }

    static SocketResult error(int errno) {
        return new SocketResult(errno, null);
    }
}
