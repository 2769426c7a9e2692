package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.metrics.CountingMetrics;
import dev.littlecloud.gateway.metrics.ServiceCounters;
import dev.littlecloud.gateway.scaling.InstanceSource;
import dev.littlecloud.gateway.scaling.Scaler;
import dev.littlecloud.gateway.scaling.ScalingListener;
import dev.littlecloud.gateway.scaling.ScalingSettings;
import dev.littlecloud.gateway.scaling.SystemClock;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests through a gateway to instances that start and end as they are needed. */
class ScalingThroughGatewayTest {
    private final AtomicInteger alive = new AtomicInteger();
    private final AtomicInteger starts = new AtomicInteger();

    private final class Sample implements InstanceSource.Running {
        private final Backend backend = new Backend.Guest(new StreamServer(new SampleProgram()));
        private final CompletableFuture<String> ended = new CompletableFuture<>();

        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public CompletionStage<String> ended() {
            return ended;
        }

        @Override
        public void stop() {
            alive.decrementAndGet();
            ended.complete("stopped");
        }
    }

    private CompletableFuture<InstanceSource.Running> start() {
        starts.incrementAndGet();
        alive.incrementAndGet();
        return CompletableFuture.supplyAsync(Sample::new);
    }

    private Scaler scaler(SystemClock clock) {
        ScalingSettings scaling = new ScalingSettings(4, 8, 0, 50, Duration.ofMillis(200));
        return new Scaler(
                "app", ServiceSettings.DEFAULT, scaling, this::start, clock, ScalingListener.NONE);
    }

    @Test
    void losesNoRequestFromZeroToAHundredAndBackWhileRevisionsChange() throws Exception {
        Routes routes = new Routes();
        CountingMetrics metrics = new CountingMetrics();
        GatewayConfig config =
                GatewayConfig.DEFAULT.withHttp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (SystemClock clock = new SystemClock();
                Gateway gateway =
                        Gateway.start(config, routes, metrics, List.of());
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Scaler first = scaler(clock);
            routes.update(table -> table.withHost("app.localhost", Route.to(first)));
            int port = gateway.httpAddress().orElseThrow().getPort();
            List<Future<Integer>> answers =
                    IntStream.range(0, 100)
                            .mapToObj(unused -> clients.submit(() -> tenRequests(port)))
                            .toList();
            Scaler second = scaler(clock);
            routes.update(table -> table.withHost("app.localhost", Route.to(second)));
            CompletableFuture<Void> drained = first.drain();
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(10);
            }
            drained.join();
            TestGateway.await(() -> alive.get() == 0);

            ServiceCounters counters = metrics.of("app");
            TestGateway.await(() -> counters.requests() == 1000);
            assertThat(counters.requests(2)).isEqualTo(1000);
            assertThat(counters.wakes().count()).isPositive();
            assertThat(counters.bytesOut()).isPositive();
            assertThat(starts.get()).isGreaterThan(1);
        }
    }

    private static int tenRequests(int port) throws Exception {
        try (RawClient client = new RawClient(port)) {
            int answered = 0;
            for (int i = 0; i < 10; i++) {
                answered += client.get("/").response().status() == 200 ? 1 : 0;
            }
            return answered;
        }
    }
}
