package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GET and SET to Redis, by the image's own redis-benchmark(1) on the host. */
record RedisSpeed(Path home) implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int GUEST_PORT = 6379;
    private static final int PROCESSORS = 2;

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String title() {
        return "requests to Redis";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile("redis"), bench.directory());
            try (Server guest = guest(bench);
                    Server host = host(root, bench.directory())) {
                guest.awaitAnswer("PING\r\n");
                host.awaitAnswer("PING\r\n");
                List<Figure> figures = new ArrayList<>();
                figures.add(figure("SET", 1, 4000, root, guest, host));
                figures.add(figure("GET", 1, 4000, root, guest, host));
                figures.add(figure("GET", 16, 40_000, root, guest, host));
                return figures;
            }
        }
    }

    private static Figure figure(
            String command, int pipeline, int count, HostRoot root, Server guest, Server host)
            throws Exception {
        Samples[] samples =
                Samples.inTurns(
                        ROUNDS,
                        () -> requests(root, guest, command, pipeline, count),
                        () -> requests(root, host, command, pipeline, count));
        return new Figure(
                "redis %s, 50 connections%s"
                        .formatted(command, pipeline == 1 ? "" : ", " + pipeline + " at once"),
                "requests/s",
                samples[0].median(),
                new Baseline("on the host", samples[1].median()),
                null);
    }

    private static double requests(
            HostRoot root, Server server, String command, int pipeline, int count)
            throws Exception {
        String report =
                HostRoot.run(
                        root.command(
                                "usr/bin/redis-benchmark",
                                "-p",
                                Integer.toString(server.port()),
                                "-t",
                                command,
                                "-P",
                                Integer.toString(pipeline),
                                "-n",
                                Integer.toString(count),
                                "-q",
                                "--csv"));
        Matcher rate = Pattern.compile("\"" + command + "\",\"([0-9.]+)\"").matcher(report);
        if (!rate.find()) {
            throw new IOException("redis-benchmark printed no rate: " + report);
        }
        return Double.parseDouble(rate.group(1));
    }

    private static Server guest(Bench bench) throws Exception {
        int port = Server.freePort();
        RunningInstance instance =
                bench.start(
                        Nginx.withPort(
                                InstanceSpec.DEFAULT.withProcess(
                                        InstanceSpec.DEFAULT
                                                .process()
                                                .withCommand(command(GUEST_PORT))),
                                port,
                                GUEST_PORT,
                                PROCESSORS),
                        bench.image("redis"));
        return new Server(port, instance::close);
    }

    private static Server host(HostRoot root, Path directory) throws IOException {
        int port = Server.freePort();
        List<String> words = command(port);
        List<String> command =
                new ArrayList<>(
                        root.command(
                                "usr/bin/redis-server",
                                words.subList(1, words.size()).toArray(String[]::new)));
        command.add("--dir");
        command.add(directory.toString());
        return Server.process(port, command);
    }

    private static List<String> command(int port) {
        return List.of(
                "redis-server",
                "--protected-mode",
                "no",
                "--save",
                "",
                "--port",
                Integer.toString(port));
    }
}
