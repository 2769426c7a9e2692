package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.StagedClones;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clones of nginx that have answered once and wait: what each takes of all the host's memory, its
 * kernel's and this process' included, and how fast the last ones start beside the first. With {@code
 * LITTLECLOUD_JAVA_OPTIONS=-Dclones=5000} as many as that.
 *
 * @param progress where it says how far it is
 */
record Density(Path home, PrintWriter progress) implements Benchmark {
    private static final int CLONES = Integer.getInteger("clones", 400);
    private static final int EDGE = 40;

    /** After how many clones it says how far it is. */
    private static final int STRIDE = 250;

    /** How long it waits for a staged clone at most. */
    private static final long STAGING_NANOS = 2_000_000_000;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double KIB_PER_MIB = 1024;

    @Override
    public String name() {
        return "density";
    }

    @Override
    public String title() {
        return "memory of idle clones of nginx";
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Clone> clones = new ArrayList<>();
        double[] starts = new double[CLONES];
        // So many starts in a row would have as many made ahead, in the memory that is counted.
        StagedClones.SHARED.keep(1);
        try (Bench bench = new Bench(home);
                ServiceTemplate service = ServiceTemplate.nginx(bench)) {
            try {
                for (int i = 0; i < EDGE; i++) {
                    clones.add(answered(service));
                }
                double first = medianOfStaged(service, clones);
                double before = availableKibibytes();
                for (int i = 0; i < CLONES; i++) {
                    long begin = System.nanoTime();
                    clones.add(answered(service));
                    starts[i] = (System.nanoTime() - begin) / NANOS_PER_MILLI;
                    if ((i + 1) % STRIDE == 0) {
                        progress.printf(
                                "  %d of %d clones, the last %d in %.1f ms each%n",
                                i + 1, CLONES, EDGE, median(starts, i + 1 - EDGE));
                        progress.flush();
                    }
                }
                double each = (before - availableKibibytes()) / CLONES / KIB_PER_MIB;
                double last = medianOfStaged(service, clones);
                return List.of(
                        new Figure(
                                "memory of one more clone",
                                "MiB",
                                each,
                                null,
                                new Goal(Goal.Kind.AT_MOST, 1)),
                        new Figure(
                                "start and answer of the last of " + CLONES + " in a row",
                                "ms",
                                median(starts, CLONES - EDGE),
                                new Baseline("of the first", median(starts, 0)),
                                new Goal(Goal.Kind.RATIO_AT_MOST, 1.5)),
                        new Figure(
                                "the same of a staged clone",
                                "ms",
                                last,
                                new Baseline("with few", first),
                                new Goal(Goal.Kind.RATIO_AT_MOST, 1.5)));
            } finally {
                progress.printf("  ending %d clones%n", clones.size());
                progress.flush();
                clones.forEach(Clone::close);
            }
        } finally {
            StagedClones.SHARED.keep(StagedClones.MOST);
        }
    }

    /** Of starts with time between them, in which the next one is made ahead. */
    private static double medianOfStaged(ServiceTemplate service, List<Clone> clones)
            throws IOException, InterruptedException {
        double[] starts = new double[EDGE];
        for (int i = 0; i < EDGE; i++) {
            long until = System.nanoTime() + STAGING_NANOS;
            while (!service.template().isStaged() && System.nanoTime() < until) {
                Thread.sleep(1);
            }
            long begin = System.nanoTime();
            clones.add(answered(service));
            starts[i] = (System.nanoTime() - begin) / NANOS_PER_MILLI;
        }
        return median(starts, 0);
    }

    private static Clone answered(ServiceTemplate service) throws IOException {
        Clone clone = service.start();
        service.exchange(clone);
        return clone;
    }

    private static double median(double[] values, int from) {
        double[] some = new double[EDGE];
        System.arraycopy(values, from, some, 0, EDGE);
        return Samples.of(some).median();
    }

    private static double availableKibibytes() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Double.parseDouble(line.replaceAll("\\D+", ""));
            }
        }
        throw new IOException("no MemAvailable in /proc/meminfo");
    }
}
