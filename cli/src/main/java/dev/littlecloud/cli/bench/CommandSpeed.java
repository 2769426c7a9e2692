package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import java.nio.file.Path;
import java.util.List;

/**
 * A command of a demo image, given by bash again and again: in a guest, and on the host.
 *
 * @param home the top of Littlecloud's checkout
 * @param name the benchmark's name
 * @param title what is measured, in a few words
 * @param image the demo image
 * @param command for the shell
 * @param programs the directory of the image whose programs the host runs
 * @param goal what was promised
 */
record CommandSpeed(
        Path home,
        String name,
        String title,
        String image,
        String command,
        String programs,
        Goal goal)
        implements Benchmark {
    private static final int ROUNDS = 9;
    private static final int PROCESSORS = 2;

    /** Answers each line with how long the command took, in nanoseconds. */
    private static final String LOOP =
            """
            while read -r; do
                start=${EPOCHREALTIME/./}
                %s >/dev/null 2>&1 || exit
                echo $(((${EPOCHREALTIME/./} - start) * 1000))
            done
            """;

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile(image), bench.directory());
            List<String> shell = List.of("bash", "-c", LOOP.formatted(command));
            Path hostPath = root.file(programs);
            try (Worker guest = bench.guest(bench.image(image), shell, PROCESSORS);
                    Worker host = bench.host(shell, hostPath)) {
                Samples[] samples =
                        Samples.inTurns(
                                ROUNDS,
                                () -> guest.answeredNanos() / 1e6,
                                () -> host.answeredNanos() / 1e6);
                return List.of(
                        new Figure(
                                title,
                                "ms",
                                samples[0].median(),
                                new Baseline("on the host", samples[1].median()),
                                goal));
            }
        }
    }
}
