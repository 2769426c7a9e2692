package dev.littlecloud.cli.bench;

import com.sun.management.ThreadMXBean;
import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.host.MachineCosts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/** A system call that does nothing, against leaving a machine and entering it again. */
record SystemCall(Path home) implements Benchmark {
    private static final int ROUNDS = 9;
    private static final int CALLS = 2000;

    /** Until the compiler is done with the way of a call. */
    private static final int WARM_UP_ROUNDS = 15;

    private static final double GOAL = 1.2;

    @Override
    public String name() {
        return "system-call";
    }

    @Override
    public String title() {
        return "a system call";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home);
                Worker guest = bench.guest(GuestProgram.systemCalls(CALLS), 1);
                MachineCosts costs = new MachineCosts()) {
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                guest.nanos();
            }
            Samples[] samples =
                    Samples.inTurns(
                            ROUNDS,
                            () -> guest.nanos() / CALLS / 1000,
                            () -> costs.exitNanos() / 1000);
            return List.of(
                    new Figure(
                            "getppid",
                            "µs",
                            samples[0].median(),
                            new Baseline("a bare exit", samples[1].median()),
                            new Goal(Goal.Kind.RATIO_AT_MOST, GOAL)),
                    new Figure(
                            "allocated for it",
                            "bytes",
                            allocatedBytes(guest),
                            null,
                            new Goal(Goal.Kind.AT_MOST, 1)));
        }
    }

    /** By all threads of this process; a round's own few hundred bytes are spread over its calls. */
    private static double allocatedBytes(Worker guest) throws IOException {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)) {
            throw new IOException("this JVM does not count what threads allocate");
        }
        double[] bytes = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long before = threads.getTotalThreadAllocatedBytes();
            guest.nanos();
            bytes[i] = (double) (threads.getTotalThreadAllocatedBytes() - before) / CALLS;
        }
        return Samples.of(bytes).median();
    }
}
