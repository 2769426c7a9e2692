package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Memory of nginx that has answered once and waits, master and two workers: proportional set sizes,
 * of this process' growth and of the host's processes.
 */
record IdleMemory(Path home) implements Benchmark {
    private static final int INSTANCES = 4;
    private static final double MIB_OF_KIB = 1 / 1024.0;

    @Override
    public String name() {
        return "idle-memory";
    }

    @Override
    public String title() {
        return "memory of an idle nginx";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile("nginx"), bench.directory());
            Image image = bench.image("nginx");
            List<Server> servers = new ArrayList<>();
            try {
                // The first one loads what all share.
                servers.add(answered(Nginx.guest(bench, image)));
                double before = ownKibibytes();
                for (int i = 0; i < INSTANCES; i++) {
                    servers.add(answered(Nginx.guest(bench, image)));
                }
                double each = (ownKibibytes() - before) / INSTANCES * MIB_OF_KIB;
                servers.add(answered(Nginx.host(root, bench.directory())));
                double host = descendantsKibibytes() * MIB_OF_KIB;
                return List.of(
                        new Figure(
                                "a further idle nginx",
                                "MiB",
                                each,
                                new Baseline("on the host", host),
                                null));
            } finally {
                for (Server server : servers) {
                    server.close();
                }
            }
        }
    }

    private static Server answered(Server server) throws IOException, InterruptedException {
        server.awaitAnswer(Nginx.REQUEST);
        return server;
    }

    private static double ownKibibytes() throws IOException, InterruptedException {
        // Twice: what cleaners free is gone with the second.
        System.gc();
        Thread.sleep(300);
        System.gc();
        return proportional(ProcessHandle.current().pid());
    }

    private static double descendantsKibibytes() throws IOException {
        double sum = 0;
        try (Stream<ProcessHandle> descendants = ProcessHandle.current().descendants()) {
            for (ProcessHandle process : descendants.toList()) {
                sum += proportional(process.pid());
            }
        }
        return sum;
    }

    private static double proportional(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }
}
