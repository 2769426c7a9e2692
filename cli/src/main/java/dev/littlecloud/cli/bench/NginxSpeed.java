package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests for nginx's small page, by wrk(1). */
record NginxSpeed(Path home) implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int WARM_UP_ROUNDS = 4;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern ERRORS = Pattern.compile("Non-2xx.*|Socket errors:.*");

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String title() {
        return "requests to nginx";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            Path imageFile = bench.imageFile("nginx");
            HostRoot root = HostRoot.unpack(imageFile, bench.directory());
            try (Server guest = Nginx.guest(bench, bench.image("nginx"));
                    Server host = Nginx.host(root, bench.directory())) {
                guest.awaitAnswer(Nginx.REQUEST);
                host.awaitAnswer(Nginx.REQUEST);
                // Until the compiler is done with what a request takes.
                for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                    requests(guest);
                }
                Samples[] samples =
                        Samples.inTurns(ROUNDS, () -> requests(guest), () -> requests(host));
                return List.of(
                        new Figure(
                                "nginx, 8 connections",
                                "requests/s",
                                samples[0].median(),
                                new Baseline("on the host", samples[1].median()),
                                null));
            }
        }
    }

    private static double requests(Server server) throws Exception {
        String report =
                HostRoot.run(
                        "wrk",
                        "-t1",
                        "-c8",
                        "-d2s",
                        "http://127.0.0.1:%d/".formatted(server.port()));
        Matcher errors = ERRORS.matcher(report);
        if (errors.find()) {
            throw new IOException("wrk: " + errors.group());
        }
        Matcher rate = RATE.matcher(report);
        if (!rate.find()) {
            throw new IOException("wrk printed no rate: " + report);
        }
        return Double.parseDouble(rate.group(1));
    }
}
