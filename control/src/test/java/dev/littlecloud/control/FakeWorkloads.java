package dev.littlecloud.control;

import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Runs nothing, and remembers what it was asked. The image's command decides what happens. */
public final class FakeWorkloads implements Workloads {
    /** Preparing a service with this command waits until {@link #release}. */
    public static final String SLOW = "slow";

    /** Preparing a service with this command fails. */
    public static final String BROKEN = "broken";

    private final Map<String, FakeWorkload> routes = new ConcurrentHashMap<>();
    private final List<FakeWorkload> all = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    public final List<String> expected = new CopyOnWriteArrayList<>();
    public final List<String> kept = new CopyOnWriteArrayList<>();

    /** A revision that pretends to serve. */
    public static final class FakeWorkload implements Workload {
        public final Order order;
        public final WorkloadListener listener;
        public volatile Scaling scaling;
        public volatile boolean isRetired;

        FakeWorkload(Order order, WorkloadListener listener) {
            this.order = order;
            this.listener = listener;
            this.scaling = order.spec().scaling();
        }

        @Override
        public void scale(Scaling newScaling) {
            scaling = newScaling;
        }

        @Override
        public List<RunningInstance> instances() {
            return isRetired
                    ? List.of()
                    : List.of(new RunningInstance("i-" + order.revision(), Instant.EPOCH, 2, 4096));
        }

        @Override
        public void retire() {
            isRetired = true;
        }
    }

    public Optional<FakeWorkload> serving(String service) {
        return Optional.ofNullable(routes.get(service));
    }

    public List<FakeWorkload> all() {
        return all;
    }

    public void release() {
        released.countDown();
    }

    @Override
    public Workload prepare(Order order, WorkloadListener listener)
            throws WorkloadException, InterruptedException {
        if (order.spec().command().contains(BROKEN)) {
            throw new WorkloadException("it ended with 1; last lines: no such file");
        }
        if (order.spec().command().contains(SLOW)) {
            released.await();
        }
        FakeWorkload workload = new FakeWorkload(order, listener);
        all.add(workload);
        return workload;
    }

    @Override
    public void keepOnly(Set<RevisionName> revisions) {
        revisions.forEach(one -> kept.add(one.service() + " " + one.number()));
    }

    @Override
    public void route(String service, Workload workload) {
        routes.put(service, (FakeWorkload) workload);
    }

    @Override
    public boolean ownsDomain(String domain) {
        return domain.endsWith(".localhost");
    }

    @Override
    public void expect(String owner, String service, ServiceSpec spec) {
        expected.add(service);
    }

    @Override
    public void unroute(String service) {
        routes.remove(service);
    }

    @Override
    public void tellUsage() {
        all.stream()
                .filter(workload -> !workload.isRetired)
                .forEach(
                        workload ->
                                workload.listener.used(
                                        "i-" + workload.order.revision(),
                                        3_000_000,
                                        2_000_000,
                                        7L << 30,
                                        11,
                                        1L << 20));
    }

    @Override
    public String url(String service, ServiceSpec spec) {
        return "http://" + service + ".localhost:8080";
    }

    @Override
    public void close() {
        all.forEach(FakeWorkload::retire);
    }
}
