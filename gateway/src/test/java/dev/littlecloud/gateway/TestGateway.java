package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.http.HttpLimits;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A gateway with a service {@code app.localhost} whose program is in this process. */
final class TestGateway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final SampleProgram program = new SampleProgram();
    final StreamServer server = new StreamServer(program);
    final Routes routes = new Routes();
    final FakeService service;
    final Gateway gateway;

    TestGateway(GatewayConfig config, ServiceSettings settings) throws IOException {
        service = new FakeService("app", settings, new Backend.Guest(server));
        routes.update(table -> table.withHost("app.localhost", Route.to(service)));
        gateway =
                Gateway.start(
                        config.withHttp(new InetSocketAddress("127.0.0.1", 0)),
                        routes,
                        GatewayMetrics.NONE,
                        java.util.List.of());
    }

    TestGateway() throws IOException {
        this(GatewayConfig.DEFAULT, ServiceSettings.DEFAULT);
    }

    TestGateway(HttpLimits limits, ServiceSettings settings) throws IOException {
        this(GatewayConfig.DEFAULT.withLimits(limits), settings);
    }

    int port() {
        return gateway.httpAddress().orElseThrow().getPort();
    }

    RawClient client() throws IOException {
        return new RawClient(port());
    }

    /** Waits until something holds. */
    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time to wait is over").isLessThan(end);
            Thread.sleep(2);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
