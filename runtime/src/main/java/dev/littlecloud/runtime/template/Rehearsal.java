package dev.littlecloud.runtime.template;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A request that a clone gets which nobody else sees: it has no way out, what it writes is thrown away,
 * and it ends with its answer. Only what it touches is kept.
 */
final class Rehearsal {
    private static final GuestStream.Listener NOBODY =
            new GuestStream.Listener() {
                @Override
                public void readable() {}

                @Override
                public void writable() {}
            };

    private static final InetSocketAddress PEER =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private static final long PATIENCE_MILLIS = 1_000;
    private static final int PIECE_BYTES = 1 << 14;

    private Rehearsal() {}

    /**
     * Returns when the other side has closed the connection, or after a while: whether it answered.
     *
     * @param clone is ended
     */
    static boolean isAnswered(Clone clone, int port, byte[] request) throws IOException {
        Executor later = CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        CompletableFuture<Void> patience = CompletableFuture.runAsync(clone::close, later);
        try (clone;
                ByteChannel channel = clone.connect(port, PEER, NOBODY).blocking()) {
            channel.write(ByteBuffer.wrap(request));
            ByteBuffer answer = ByteBuffer.allocate(PIECE_BYTES);
            boolean isAnswered = false;
            while (channel.read(answer) >= 0) {
                isAnswered = true;
                answer.clear();
            }
            return isAnswered;
        } finally {
            patience.cancel(false);
        }
    }
}
