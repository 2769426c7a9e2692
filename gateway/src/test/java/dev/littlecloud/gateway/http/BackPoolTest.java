package dev.littlecloud.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.StreamServer;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.stream.Transport;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackPoolTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 1234);

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Backend backend =
            new Backend.Guest(new StreamServer((in, out) -> in.transferTo(out)));
    private final Watch watch = new Watch(loop);
    private final BackPool pool =
            new BackPool(
                    loop,
                    watch,
                    new Dialer(Transport.selector(), Duration.ofSeconds(60)),
                    HttpLimits.DEFAULT);

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void givesTheOneUsedLast() throws Exception {
        List<BackConnection> kept = keep(2);

        assertThat(onLoop(() -> pool.take(backend))).isSameAs(kept.getLast());
        assertThat(onLoop(() -> pool.take(backend))).isSameAs(kept.getFirst());
        assertThat(onLoop(() -> pool.take(backend))).isNull();
    }

    @Test
    void closesWhatNobodyNeededForLong() throws Exception {
        List<BackConnection> kept = keep(3);
        long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);

        onLoop(
                () -> {
                    pool.tick(later);
                    return 0;
                });

        assertThat(onLoop(() -> pool.take(backend))).isNull();
        assertThat(kept).noneMatch(connection -> connection.channel().isOpen());
    }

    @Test
    void keepsWhatWasNeededLately() throws Exception {
        List<BackConnection> kept = keep(1);

        onLoop(
                () -> {
                    pool.tick(System.nanoTime());
                    return 0;
                });

        assertThat(onLoop(() -> pool.take(backend))).isSameAs(kept.getFirst());
    }

    private List<BackConnection> keep(int count) throws Exception {
        List<BackConnection> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kept.add(connect());
        }
        onLoop(
                () -> {
                    kept.forEach(BackConnection::detach);
                    return 0;
                });
        return kept;
    }

    private BackConnection connect() throws Exception {
        CompletableFuture<BackConnection> made = new CompletableFuture<>();
        loop.execute(
                () ->
                        pool.connect(
                                backend,
                                PEER,
                                (connection, failure) -> {
                                    if (connection != null) {
                                        made.complete(connection);
                                    } else {
                                        made.completeExceptionally(new IOException(failure));
                                    }
                                }));
        return made.get(60, TimeUnit.SECONDS);
    }

    private <T> T onLoop(Callable<T> task)
            throws InterruptedException, ExecutionException, TimeoutException {
        return loop.submit(task).get(60, TimeUnit.SECONDS);
    }
}
