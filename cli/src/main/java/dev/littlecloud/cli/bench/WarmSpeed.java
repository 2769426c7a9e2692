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
import dev.littlecloud.runtime.host.ShortTurns;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Passages;
import dev.littlecloud.runtime.template.Template;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests for nginx's small page through the gateway, to an instance that has run for a while,
 * beside nginx on the host: behind the same gateway, and without one.
 */
record WarmSpeed(Path home) implements Benchmark {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 2;

    /** Until the compiler is done with what a request takes, in the instance and in the gateway. */
    private static final int WARM_UP_ROUNDS = 5;

    /** What gVisor reached on the development machine. */
    private static final double GOAL = 5_200;

    private static final String GUEST = "guest.localhost";
    private static final String HOST = "host.localhost";

    @Override
    public String name() {
        return "warm";
    }

    @Override
    public String title() {
        return "requests to a warm instance through the gateway";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile("nginx"), bench.directory());
            try (Server server = Nginx.host(root, bench.directory());
                    Template template = Nginx.template(bench.image("nginx"));
                    Clone clone = template.start(CloneListener.NONE);
                    Gateway gateway = gateway(Nginx.backend(clone), server.port())) {
                server.awaitAnswer(Nginx.REQUEST);
                int port = gateway.httpAddress().orElseThrow().getPort();
                for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                    measure(port, GUEST);
                    measure(port, HOST);
                }
                return figures(clone, port, server.port());
            }
        }
    }

    private static List<Figure> figures(Clone clone, int gatewayPort, int serverPort)
            throws Exception {
        List<WrkReport> ours = new ArrayList<>();
        List<WrkReport> behind = new ArrayList<>();
        List<WrkReport> alone = new ArrayList<>();
        double[] exits = new double[ROUNDS];
        double[] faults = new double[ROUNDS];
        double[] posted = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            Passages before = clone.passages();
            WrkReport report = measure(gatewayPort, GUEST);
            Passages made = clone.passages().minus(before);
            double requests = report.requests() * SECONDS;
            exits[i] = made.exits() / requests;
            faults[i] = made.faults() / requests;
            posted[i] = made.posted() / requests;
            ours.add(report);
            behind.add(measure(gatewayPort, HOST));
            alone.add(measure(serverPort, HOST));
        }
        return List.of(
                new Figure(
                        "warm nginx through the gateway, 8 connections",
                        "requests/s",
                        rate(ours),
                        new Baseline("nginx on the host behind it", rate(behind)),
                        new Goal(Goal.Kind.AT_LEAST, GOAL)),
                new Figure(
                        "the same beside no gateway",
                        "requests/s",
                        rate(ours),
                        new Baseline("nginx on the host", rate(alone)),
                        null),
                new Figure(
                        "99% within",
                        "ms",
                        p99(ours),
                        new Baseline("nginx on the host behind it", p99(behind)),
                        null),
                new Figure("exits for a request", "", Samples.of(exits).median(), null, null),
                new Figure("of these faults", "", Samples.of(faults).median(), null, null),
                new Figure("posted calls", "", Samples.of(posted).median(), null, null));
    }

    private static Gateway gateway(Backend guest, int hostPort) throws Exception {
        ShortTurns.giveToCollector();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Backend host = new Backend.Host(new InetSocketAddress(loopback, hostPort));
        Routes routes = new Routes();
        routes.update(
                table ->
                        table.withHost(GUEST, Route.to(new SteadyService(guest)))
                                .withHost(HOST, Route.to(new SteadyService(host))));
        return Gateway.start(
                GatewayConfig.DEFAULT
                        .withHttp(new InetSocketAddress(loopback, 0))
                        .withLoops(EventLoops.DEFAULT.beginningWith(ShortTurns::take)),
                routes,
                GatewayMetrics.NONE,
                List.of());
    }

    private static WrkReport measure(int port, String host) throws Exception {
        return WrkReport.run(
                "-t1",
                "-c8",
                "-d" + SECONDS + "s",
                "-H",
                "Host: " + host,
                "http://127.0.0.1:%d/".formatted(port));
    }

    private static double rate(List<WrkReport> reports) {
        return Samples.of(reports.stream().mapToDouble(WrkReport::requests).toArray()).median();
    }

    private static double p99(List<WrkReport> reports) {
        return Samples.of(reports.stream().mapToDouble(WrkReport::p99Millis).toArray()).median();
    }
}
