package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** From typing a command to its end, against a JVM that does nothing. */
final class CliStart implements Benchmark {
    private static final int ROUNDS = 11;
    private static final double GOAL_MILLIS = 500;

    private final Path launcher;
    private final Path java;

    CliStart(Path launcher, Path java) {
        this.launcher = launcher;
        this.java = java;
    }

    @Override
    public String name() {
        return "cli-start";
    }

    @Override
    public String title() {
        return "start of the command line";
    }

    @Override
    public List<Figure> run() throws Exception {
        Samples[] samples =
                Samples.inTurns(
                        ROUNDS,
                        () -> millis(launcher.toString(), "version"),
                        () -> millis(java.toString(), "-Xshare:auto", "-version"));
        return List.of(
                new Figure(
                        "littlecloud version",
                        "ms",
                        samples[0].median(),
                        new Baseline("java -version", samples[1].median()),
                        new Goal(Goal.Kind.AT_MOST, GOAL_MILLIS)));
    }

    private static double millis(String... command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with code " + code);
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
