package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.gateway.EventLoops;
import dev.littlecloud.gateway.Gateway;
import dev.littlecloud.gateway.GatewayConfig;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.runtime.host.ShortTurns;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The gateway alone in front of a server on the host, against nginx as reverse proxy in front of the
 * same one. A gateway runs for weeks, so it is measured once the JVM's compiler has come to rest: until
 * then that takes one of two processors from all that take part.
 */
record ProxySpeed(Path home) implements Benchmark {
    private static final int ROUNDS = 9;

    /** After so many it is measured as it is. */
    private static final int MOST_WARM_UP_ROUNDS = 45;

    /** The compiler rests when it worked no longer than this in a round of two seconds. */
    private static final long REST_MILLIS = 100;

    @Override
    public String name() {
        return "proxy";
    }

    @Override
    public String title() {
        return "requests through the gateway";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile("nginx"), bench.directory());
            try (Server server = Nginx.host(root, bench.directory());
                    Server proxy = Nginx.proxy(root, bench.directory(), server.port());
                    Gateway gateway = gateway(server.port())) {
                server.awaitAnswer(Nginx.REQUEST);
                proxy.awaitAnswer(Nginx.REQUEST);
                int port = gateway.httpAddress().orElseThrow().getPort();
                warmUp(port);
                List<WrkReport> ours = new ArrayList<>();
                List<WrkReport> theirs = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    ours.add(measure(port));
                    theirs.add(measure(proxy.port()));
                }
                return List.of(
                        new Figure(
                                "through the gateway, 32 connections",
                                "requests/s",
                                rate(ours),
                                new Baseline("nginx as proxy", rate(theirs)),
                                new Goal(Goal.Kind.RATIO_AT_LEAST, 0.5)),
                        new Figure(
                                "99% within",
                                "ms",
                                p99(ours),
                                new Baseline("nginx as proxy", p99(theirs)),
                                new Goal(Goal.Kind.RATIO_AT_MOST, 2)));
            }
        }
    }

    private static Gateway gateway(int port) throws Exception {
        ShortTurns.giveToCollector();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Routes routes = new Routes();
        Service service =
                new SteadyService(new Backend.Host(new InetSocketAddress(loopback, port)));
        routes.update(table -> table.withHost("127.0.0.1", Route.to(service)));
        return Gateway.start(
                GatewayConfig.DEFAULT
                        .withHttp(new InetSocketAddress(loopback, 0))
                        .withLoops(EventLoops.DEFAULT.beginningWith(ShortTurns::take)),
                routes,
                GatewayMetrics.NONE,
                List.of());
    }

    private static void warmUp(int port) throws Exception {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long worked = Long.MAX_VALUE;
        for (int i = 0; i < MOST_WARM_UP_ROUNDS && worked > REST_MILLIS; i++) {
            long before = compiler.getTotalCompilationTime();
            measure(port);
            worked = compiler.getTotalCompilationTime() - before;
        }
    }

    private static WrkReport measure(int port) throws Exception {
        return WrkReport.run("-t1", "-c32", "-d2s", "http://127.0.0.1:%d/".formatted(port));
    }

    private static double rate(List<WrkReport> reports) {
        return Samples.of(reports.stream().mapToDouble(WrkReport::requests).toArray()).median();
    }

    private static double p99(List<WrkReport> reports) {
        return Samples.of(reports.stream().mapToDouble(WrkReport::p99Millis).toArray()).median();
    }
}
