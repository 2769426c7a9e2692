package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All benchmarks, in the order in which they run. */
final class Benchmarks {
    private static final int STEPS = 20_000_000;
    private static final int COPIES = 2;
    private static final int PAGES = 1024;
    private static final int CHILDREN = 20;
    private static final int BLOCKS = 512;

    private Benchmarks() {}

    /**
     * @param progress where those that take long say how far they are
     */
    static List<Benchmark> all(PrintWriter progress) {
        Path home = Path.of(System.getProperty("littlecloud.home", "."));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<Benchmark> all = new ArrayList<>();
        all.add(new CliStart(home.resolve("littlecloud"), java));
        all.add(new ImageStoreBenchmark());
        all.add(new SystemCall(home));
        all.addAll(programs(home));
        all.add(
                new CommandSpeed(
                        home,
                        "java-start",
                        "java -version",
                        "java25",
                        "java -version",
                        "usr/lib/jvm/jdk-25/bin",
                        new Goal(Goal.Kind.RATIO_AT_MOST, 2)));
        all.add(new BusyboxTrue(home));
        all.add(new NginxSpeed(home));
        all.add(new ProxySpeed(home));
        all.add(new WarmSpeed(home));
        all.add(new RedisSpeed(home));
        all.add(new UsualPrograms(home));
        all.add(new IdleMemory(home));
        all.add(new WakeSpeed(home));
        all.add(new CloneSpeed(home));
        all.add(new BurstSpeed(home));
        all.add(new Density(home, progress));
        return all;
    }

    private static List<Benchmark> programs(Path home) {
        return List.of(
                new ProgramSpeed(
                        home,
                        "cpu",
                        "arithmetic",
                        "million steps/s",
                        GuestProgram.arithmetic(STEPS),
                        nanos -> STEPS * 1e3 / nanos,
                        1,
                        new Goal(Goal.Kind.RATIO_AT_LEAST, 0.97)),
                new ProgramSpeed(
                        home,
                        "memory",
                        "copying memory",
                        "GB/s",
                        GuestProgram.copying(COPIES),
                        nanos -> 2.0 * COPIES * GuestProgram.COPIED_BYTES / nanos,
                        1,
                        new Goal(Goal.Kind.RATIO_AT_LEAST, 0.95)),
                new ProgramSpeed(
                        home,
                        "first-touch",
                        "first touch of a page",
                        "µs",
                        GuestProgram.firstTouch(PAGES),
                        nanos -> nanos / PAGES / 1e3,
                        1,
                        null),
                new ProgramSpeed(
                        home,
                        "fork",
                        "fork, exec and wait",
                        "1/s",
                        GuestProgram.forkAndExec(CHILDREN),
                        nanos -> CHILDREN * 1e9 / nanos,
                        1,
                        null),
                new ProgramSpeed(
                        home,
                        "pipe",
                        "through a pipe",
                        "MB/s",
                        GuestProgram.pipe(BLOCKS),
                        Benchmarks::blocksPerSecond,
                        2,
                        null),
                new ProgramSpeed(
                        home,
                        "loopback",
                        "through a TCP connection on loopback",
                        "MB/s",
                        GuestProgram.loopback(BLOCKS),
                        Benchmarks::blocksPerSecond,
                        2,
                        null));
    }

    private static double blocksPerSecond(double nanos) {
        return (double) BLOCKS * GuestProgram.BLOCK_BYTES * 1e3 / nanos;
    }
}
