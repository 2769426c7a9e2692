package dev.littlecloud.cli.bench;

import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.StagedClones;
import dev.littlecloud.runtime.template.StartTimes;
import dev.littlecloud.runtime.template.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a clone's start and first answer are made of, without a gateway: of one that is staged, as for
 * services that were used lately, and of one that is made then.
 */
record CloneSpeed(Path home) implements Benchmark {
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
        return "clone";
    }

    @Override
    public String title() {
        return "a clone's start and first answer, by its parts";
    }

    /** Makes a template. */
    private interface Source {
        ServiceTemplate boot(Bench bench) throws Exception;
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Bench bench = new Bench(home)) {
            measure("nginx", ServiceTemplate::nginx, bench, figures);
            measure("go-hello", ServiceTemplate::goHello, bench, figures);
            measure("redis", ServiceTemplate::redis, bench, figures);
            measure("python", ServiceTemplate::python, bench, figures);
            measure("node", ServiceTemplate::node, bench, figures);
        }
        return figures;
    }

    private static void measure(String name, Source source, Bench bench, List<Figure> figures)
            throws Exception {
        try (ServiceTemplate service = source.boot(bench)) {
            double[][] staged = times(service, true);
            add(name + ", staged", staged, 3, figures);
            add(name + ", made then", times(service, false), 0, figures);
        }
    }

    /**
     * @param from the first part that there is
     */
    private static void add(String what, double[][] times, int from, List<Figure> figures) {
        figures.add(figure(what, Samples.of(times[0]).median()));
        for (int part = from; part < PARTS.length; part++) {
            double median = Samples.of(times[part + 1]).median();
            figures.add(figure(what + ", of it " + PARTS[part], median));
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

    private static Figure figure(String what, double millis) {
        return new Figure(what, "ms", millis, null, null);
    }
}
