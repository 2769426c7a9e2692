package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import java.nio.file.Path;
import java.util.List;

/** Requests for nginx's small page, by wrk(1). */
record NginxSpeed(Path home) implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int WARM_UP_ROUNDS = 4;

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
        String url = "http://127.0.0.1:%d/".formatted(server.port());
        return WrkReport.run("-t1", "-c8", "-d2s", url).requests();
    }
}
