package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.StagedClones;
import dev.littlecloud.runtime.template.StartTimes;
import dev.littlecloud.runtime.template.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * From a request for a service without instances to the last byte of the answer of its clone: of one
 * that is staged, as for services that were used lately, and of one that is made then.
 */
record WakeSpeed(Path home) implements Benchmark {
    private static final int WARM_UPS = 50;
    private static final int STARTS = 100;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long STAGING_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000;
    private static final String[] PARTS = {
        "machine", "memory", "objects", "in the guest", "in its kernel"
    };

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
            measure("node", ServiceTemplate::node, bench, 10.0, figures);
        }
        return figures;
    }

    private static void measure(
            String name, Source source, Bench bench, double goalMillis, List<Figure> figures)
            throws Exception {
        try (ServiceTemplate service = source.boot(bench)) {
            double[][] staged = times(service, true);
            double[][] fresh = times(service, false);
            boolean strict = name.equals("nginx");
            Samples total = Samples.of(staged[0]);
            Goal goal = new Goal(Goal.Kind.AT_MOST, goalMillis);
            figures.add(figure(name + ", staged, p50", total.median(), goal));
            figures.add(
                    figure(
                            name + ", staged, p99",
                            total.percentile(99),
                            strict ? new Goal(Goal.Kind.AT_MOST, 8) : null));
            figures.add(figure(name + ", staged, fastest", total.smallest(), null));
            addParts(name + ", staged", staged, 3, figures);
            Samples slower = Samples.of(fresh[0]);
            figures.add(figure(name + ", made then, p50", slower.median(), null));
            figures.add(figure(name + ", made then, p99", slower.percentile(99), null));
            addParts(name + ", made then", fresh, 0, figures);
        }
    }

    private static void addParts(String what, double[][] times, int from, List<Figure> figures) {
        for (int part = from; part < PARTS.length; part++) {
            double median = Samples.of(times[part + 1]).median();
            figures.add(figure(what + ", of it " + PARTS[part], median, null));
        }
    }

    /** Of each start all of its time, then that of its parts. */
    private static double[][] times(ServiceTemplate service, boolean staged) throws Exception {
        StagedClones.SHARED.keep(staged ? StagedClones.MOST : 0);
        double[][] times = new double[PARTS.length + 1][STARTS];
        for (int i = -WARM_UPS; i < STARTS; i++) {
            if (i >= 0 && staged) {
                awaitStaged(service);
            }
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
        StagedClones.SHARED.keep(StagedClones.MOST);
        return times;
    }

    private static void awaitStaged(ServiceTemplate service) throws UnavailableException {
        long until = System.nanoTime() + STAGING_NANOS;
        while (!service.template().isStaged()) {
            if (System.nanoTime() > until) {
                throw new UnavailableException("no clone is staged: the host is short of memory");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static Figure figure(String what, double millis, @Nullable Goal goal) {
        return new Figure(what, "ms", millis, null, goal);
    }
}
