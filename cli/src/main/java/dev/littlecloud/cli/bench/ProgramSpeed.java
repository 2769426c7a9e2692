package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link GuestProgram} in a guest, against the same program on the host.
 *
 * @param home the top of Littlecloud's checkout
 * @param name the benchmark's name
 * @param title what is measured, in a few words
 * @param unit what {@code fromNanos} gives
 * @param program the program that does the work
 * @param fromNanos makes the figure of the time that the work took
 * @param processors how many the guest has; as many as the work can use
 * @param goal what was promised; null when nothing was
 */
record ProgramSpeed(
        Path home,
        String name,
        String title,
        String unit,
        byte[] program,
        DoubleUnaryOperator fromNanos,
        int processors,
        @Nullable Goal goal)
        implements Benchmark {
    private static final int ROUNDS = 7;

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home);
                Worker guest = bench.guest(program, processors);
                Worker host = bench.host(program)) {
            Samples[] samples =
                    Samples.inTurns(
                            ROUNDS,
                            () -> fromNanos.applyAsDouble(guest.nanos()),
                            () -> fromNanos.applyAsDouble(host.nanos()));
            return List.of(
                    new Figure(
                            title,
                            unit,
                            samples[0].median(),
                            new Baseline("on the host", samples[1].median()),
                            goal));
        }
    }
}
