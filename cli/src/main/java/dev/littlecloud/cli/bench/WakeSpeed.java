package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.template.StagedClones;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * From a client's request for a service without instances to the last byte of the answer, through the
 * gateway of a cloud: where clones are staged, as for services that were used lately, and where one is
 * made then. With {@code LITTLECLOUD_JAVA_OPTIONS=-Dservices=nginx,go-hello} of these only.
 */
record WakeSpeed(Path home) implements Benchmark {
    private static final Set<String> SERVICES =
            Set.of(System.getProperty("services", "nginx,go-hello,redis,python,node").split(","));

    private static final int WARM_UPS = 50;

    /** Until the compiler is done with what the gateway and the node do, which all services share. */
    private static final int FIRST_WARM_UPS = 1_200;

    private static final int WAKES = 100;

    /** Enough that what 99 of 100 meet is not one of them. */
    private static final int STAGED_WAKES = 400;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long STAGING_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000;

    @Override
    public String name() {
        return "wake";
    }

    @Override
    public String title() {
        return "from zero to the last byte of an answer";
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Bench bench = new Bench(home);
                BenchCloud cloud = new BenchCloud(bench.directory().resolve("cloud"))) {
            warmUp(SleepingService.nginx(bench), cloud);
            Samples alone = answers(SleepingService.nobody(), cloud);
            figures.add(figure("an answer of the gateway itself, p50", alone.median(), null));
            measure("nginx", SleepingService.nginx(bench), cloud, 2, figures);
            measure("go-hello", SleepingService.goHello(bench), cloud, 2, figures);
            measure("redis", SleepingService.redis(bench), cloud, 3, figures);
            measure("python", SleepingService.python(bench), cloud, 6, figures);
            measure("node", SleepingService.node(bench), cloud, 10, figures);
        }
        return figures;
    }

    private static void warmUp(SleepingService service, BenchCloud cloud) throws Exception {
        cloud.deploy(service.deployment());
        for (int i = 0; i < FIRST_WARM_UPS; i++) {
            cloud.awaitRest();
            service.ask(cloud.gatewayPort());
        }
        cloud.remove(service.name());
    }

    /** What a client waits for besides a wake. */
    private static Samples answers(SleepingService nobody, BenchCloud cloud) throws Exception {
        double[] millis = new double[WAKES];
        for (int i = 0; i < WAKES; i++) {
            millis[i] = nobody.ask(cloud.gatewayPort()) / NANOS_PER_MILLI;
        }
        return Samples.of(millis);
    }

    private static void measure(
            String name,
            SleepingService service,
            BenchCloud cloud,
            double goalMillis,
            List<Figure> figures)
            throws Exception {
        if (!SERVICES.contains(name)) {
            return;
        }
        cloud.deploy(service.deployment());
        Samples staged = wakes(service, cloud, true);
        Samples fresh = wakes(service, cloud, false);
        cloud.remove(service.name());
        Goal goal = new Goal(Goal.Kind.AT_MOST, goalMillis);
        Goal strict = name.equals("nginx") ? new Goal(Goal.Kind.AT_MOST, 8) : null;
        figures.add(figure(name + ", staged, p50", staged.median(), goal));
        figures.add(figure(name + ", staged, p99", staged.percentile(99), strict));
        figures.add(figure(name + ", staged, fastest", staged.smallest(), null));
        figures.add(figure(name + ", made then, p50", fresh.median(), null));
        figures.add(figure(name + ", made then, p99", fresh.percentile(99), null));
    }

    private static Samples wakes(SleepingService service, BenchCloud cloud, boolean isStaged)
            throws Exception {
        StagedClones.SHARED.keep(isStaged ? StagedClones.MOST : 0);
        double[] millis = new double[isStaged ? STAGED_WAKES : WAKES];
        for (int i = -WARM_UPS; i < millis.length; i++) {
            cloud.awaitRest();
            if (i >= 0 && isStaged) {
                awaitStaged();
            }
            long nanos = service.ask(cloud.gatewayPort());
            if (i >= 0) {
                millis[i] = nanos / NANOS_PER_MILLI;
            }
        }
        StagedClones.SHARED.keep(StagedClones.MOST);
        return Samples.of(millis);
    }

    /** What a service finds that sleeps since it was idle for five seconds: none is being made. */
    private static void awaitStaged() throws UnavailableException {
        long until = System.nanoTime() + STAGING_NANOS;
        while (StagedClones.SHARED.ready() == 0 || !StagedClones.SHARED.isSettled()) {
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
