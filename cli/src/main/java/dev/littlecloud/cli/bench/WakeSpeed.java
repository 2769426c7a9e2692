package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.StartTimes;
import dev.littlecloud.runtime.template.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From a request for a service without instances to the last byte of the answer of its clone. */
record WakeSpeed(Path home) implements Benchmark {
    private static final int WARM_UPS = 200;
    private static final int STARTS = 200;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "wake";
    }

    @Override
    public String title() {
        return "from zero to the last byte of an answer";
    }

    /** Makes a template. */
    private interface Source {
        ServiceTemplate boot(Bench bench) throws Exception;
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Bench bench = new Bench(home)) {
            measure("nginx", ServiceTemplate::nginx, bench, 2.0, figures);
            measure("go-hello", ServiceTemplate::goHello, bench, 2.0, figures);
            measure("redis", ServiceTemplate::redis, bench, 3.0, figures);
            measure("python", ServiceTemplate::python, bench, 6.0, figures);
        }
        return figures;
    }

    private static void measure(
            String name, Source source, Bench bench, double goalMillis, List<Figure> figures)
            throws Exception {
        double[][] times = new double[6][STARTS];
        try (ServiceTemplate service = source.boot(bench)) {
            for (int i = -WARM_UPS; i < STARTS; i++) {
                long begin = System.nanoTime();
                Clone clone = service.start();
                service.exchange(clone);
                long end = System.nanoTime();
                if (i >= 0) {
                    StartTimes start = clone.startTimes();
                    Usage usage = clone.usage();
                    times[0][i] = (end - begin) / NANOS_PER_MILLI;
                    times[1][i] = start.machineNanos() / NANOS_PER_MILLI;
                    times[2][i] = start.memoryNanos() / NANOS_PER_MILLI;
                    times[3][i] = start.objectsNanos() / NANOS_PER_MILLI;
                    times[4][i] = usage.guestNanos() / NANOS_PER_MILLI;
                    times[5][i] = usage.kernelNanos() / NANOS_PER_MILLI;
                }
                clone.close();
            }
        }
        Samples total = Samples.of(times[0]);
        boolean strict = name.equals("nginx");
        figures.add(
                figure(name + ", p50", total.median(), new Goal(Goal.Kind.AT_MOST, goalMillis)));
        figures.add(
                figure(
                        name + ", p99",
                        total.percentile(99),
                        strict ? new Goal(Goal.Kind.AT_MOST, 8) : null));
        figures.add(figure(name + ", fastest", total.smallest(), null));
        String[] parts = {"machine", "memory", "objects", "in the guest", "in its kernel"};
        for (int part = 0; part < parts.length; part++) {
            figures.add(
                    figure(
                            name + ", of it " + parts[part] + ", p50",
                            Samples.of(times[part + 1]).median(),
                            null));
        }
    }

    private static Figure figure(String what, double millis, @Nullable Goal goal) {
        return new Figure(what, "ms", millis, null, goal);
    }
}
