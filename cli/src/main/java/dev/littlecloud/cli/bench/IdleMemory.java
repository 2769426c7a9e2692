package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Memory of nginx that has answered once and waits, master and two workers: what this process grows
 * by with each, as proportional set size and live Java objects, and that of the host's processes.
 */
record IdleMemory(Path home) implements Benchmark {
    private static final int INSTANCES = 4;
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");
    private static final double MIB_OF_KIB = 1 / 1024.0;
    private static final double MIB_OF_BYTES = MIB_OF_KIB / 1024;

    /** The first one loads what all share, the second warms what a second one needs. */
    private static final int WARM_UPS = 2;

    /**
     * Below is nothing but the Java heap, whose garbage comes and goes: a heap of this size lies
     * where pointers of 32 bits reach.
     */
    private static final long HEAP_END = 1L << 32;

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
                for (int i = 0; i < WARM_UPS; i++) {
                    servers.add(answered(Nginx.guest(bench, image)));
                }
                double objectsBefore = liveObjectBytes();
                double before = kibibytesOutsideOfTheHeap();
                for (int i = 0; i < INSTANCES; i++) {
                    servers.add(answered(Nginx.guest(bench, image)));
                }
                double objects = (liveObjectBytes() - objectsBefore) / INSTANCES * MIB_OF_BYTES;
                double pages = (kibibytesOutsideOfTheHeap() - before) / INSTANCES * MIB_OF_KIB;
                servers.add(answered(Nginx.host(root, bench.directory())));
                double host = descendantsKibibytes() * MIB_OF_KIB;
                return List.of(
                        new Figure(
                                "a further idle nginx",
                                "MiB",
                                pages + objects,
                                new Baseline("on the host", host),
                                null),
                        new Figure("of that Java objects", "MiB", objects, null, null));
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

    private static double liveObjectBytes() throws InterruptedException {
        // Twice: what cleaners free is gone with the second.
        System.gc();
        Thread.sleep(300);
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static double kibibytesOutsideOfTheHeap() throws IOException {
        double sum = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.lookingAt()) {
                counts = Long.compareUnsigned(parseUnsigned(mapping.group(1)), HEAP_END) >= 0;
            } else if (counts && line.startsWith("Pss:")) {
                sum += kibibytes(line);
            }
        }
        return sum;
    }

    private static long parseUnsigned(String hexadecimal) {
        return Long.parseUnsignedLong(hexadecimal, 16);
    }

    private static double kibibytes(String line) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
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
                    .mapToDouble(IdleMemory::kibibytes)
                    .sum();
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }
}
