package dev.littlecloud.cli.bench;

import java.nio.file.Path;
import java.util.List;

/** All benchmarks, in the order in which they run. */
final class Benchmarks {
    private Benchmarks() {}

    static List<Benchmark> all() {
        Path home = Path.of(System.getProperty("littlecloud.home", "."));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(new CliStart(home.resolve("littlecloud"), java), new ImageStoreBenchmark());
    }
}
