package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.control.Workloads;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.Gateway;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.RouteTable;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.runtime.network.Neighbours;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Runs services on this machine, and leads the gateway's requests to them. */
public final class NodeWorkloads implements Workloads, GatewayMetrics {
    /** What a connection of bytes counts as, which has no status. */
    private static final int OK = 200;

    private final Launcher launcher;
    private final Routes routes = new Routes();
    private final String domain;
    private final Duration drain;
    private final Set<Fleet> fleets = ConcurrentHashMap.newKeySet();
    private final Map<String, Expected> expected = new ConcurrentHashMap<>();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final Map<String, List<String>> names = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("fleet-timer").factory());
    private final Neighbourhood neighbourhood;
    private volatile int gatewayPort;

    /**
     * A node without services.
     *
     * @param data where it keeps what must be the same after a restart
     * @param domain services are at {@code NAME.domain}
     * @param drain how long requests under way may take when it is closed
     */
    public NodeWorkloads(Launcher launcher, Path data, String domain, Duration drain)
            throws IOException {
        this.neighbourhood = new Neighbourhood(new ServiceAddresses(data.resolve("addresses")));
        this.launcher = launcher;
        this.domain = domain;
        this.drain = drain;
    }

    /** For the gateway: where host names lead. */
    public Routes routes() {
        return routes;
    }

    /** Says where the gateway listens, for the URLs of services. */
    public void gatewayPort(int port) {
        gatewayPort = port;
    }

    /** Says what carries connections between services. */
    public void carrier(Gateway gateway) {
        neighbourhood.carrier(gateway::open);
    }

    @Override
    public Workload prepare(Order order, WorkloadListener listener)
            throws WorkloadException, InterruptedException {
        String host = host(order.service());
        Fleet fleet =
                new Fleet(
                        order,
                        launcher.prepare(
                                order,
                                neighbourhood.seenBy(order.owner(), order.service()),
                                listener::snapshotLost),
                        listener,
                        timer,
                        () -> routes.table().host(host).map(Route::service));
        fleets.add(fleet);
        fleets.removeIf(Fleet::isGone);
        routes.table()
                .host(host)
                .map(Route::service)
                .filter(Fleet.class::isInstance)
                .ifPresent(before -> fleet.follow((Fleet) before));
        fleet.begin();
        return fleet;
    }

    @Override
    public void keepOnly(Set<RevisionName> revisions) {
        launcher.keepOnly(revisions);
    }

    private String host(String service) {
        return service + "." + domain;
    }

    @Override
    public void route(String service, Workload workload) {
        Fleet fleet = (Fleet) workload;
        Order order = fleet.order();
        lead(order.owner(), fleet, fleet.spec(), Specs.portIfKnown(order));
        Expected before = expected.remove(service);
        if (before != null) {
            before.isHere(fleet);
        }
    }

    private void lead(String owner, Service to, ServiceSpec spec, Optional<Integer> port) {
        String service = to.name();
        neighbourhood.lead(owner, to, spec, port);
        Integer portBefore =
                spec.publishedPort().isPresent()
                        ? ports.put(service, spec.publishedPort().get())
                        : ports.remove(service);
        List<String> before = names.put(service, spec.domains());
        routes.update(
                table -> {
                    var changed = without(table, service, before == null ? List.of() : before);
                    for (String name : spec.domains()) {
                        changed = changed.withHost(name, Route.to(to));
                    }
                    changed = changed.withHost(host(service), Route.to(to));
                    if (portBefore != null) {
                        changed = changed.withoutPort(portBefore);
                    }
                    return spec.publishedPort().isPresent()
                            ? changed.withPort(spec.publishedPort().get(), to)
                            : changed;
                });
    }

    /** Takes names away that still lead to the service, and not to another one by now. */
    private static RouteTable without(RouteTable table, String service, List<String> hosts) {
        RouteTable changed = table;
        for (String host : hosts) {
            boolean isIts =
                    table.host(host).filter(to -> to.service().name().equals(service)).isPresent();
            changed = isIts ? changed.withoutHost(host) : changed;
        }
        return changed;
    }

    @Override
    public boolean ownsDomain(String name) {
        return name.equals(domain)
                || name.endsWith("." + domain)
                || name.endsWith("." + Neighbours.DOMAIN)
                || name.endsWith(".localhost");
    }

    @Override
    public void expect(String owner, String service, ServiceSpec spec) {
        Expected soon = new Expected(service, spec);
        expected.put(service, soon);
        lead(owner, soon, spec, spec.port());
    }

    @Override
    public void unroute(String service) {
        neighbourhood.forget(service);
        Integer port = ports.remove(service);
        List<String> before = names.remove(service);
        routes.update(
                table -> {
                    var changed = without(table, service, before == null ? List.of() : before);
                    changed = changed.withoutHost(host(service));
                    return port == null ? changed : changed.withoutPort(port);
                });
        Expected waiting = expected.remove(service);
        if (waiting != null) {
            waiting.willNotCome();
        }
    }

    @Override
    public void tellUsage() {
        fleets.forEach(Fleet::tellUsage);
    }

    @Override
    public String url(String service, ServiceSpec spec) {
        if (spec.publishedPort().isPresent()) {
            return "tcp://localhost:" + spec.publishedPort().get();
        }
        return spec.protocol().equals("tcp")
                ? "tcp://" + neighbourhood.place(service)
                : "http://" + host(service) + ":" + gatewayPort;
    }

    @Override
    public void close() {
        expected.values().forEach(Expected::willNotCome);
        fleets.forEach(Fleet::takeNoMore);
        long deadline = System.nanoTime() + drain.toNanos();
        fleets.forEach(fleet -> fleet.awaitIdle(deadline));
        // Programs that take their time do so together.
        fleets.forEach(Fleet::endAll);
        fleets.forEach(Fleet::close);
        timer.shutdownNow();
    }

    // ---- What the gateway counts.

    private static Optional<WorkloadListener> listener(Service service) {
        if (service instanceof Fleet fleet) {
            return Optional.of(fleet.listener());
        }
        return service instanceof Expected soon
                ? soon.fleet().map(Fleet::listener)
                : Optional.empty();
    }

    @Override
    public void request(
            Service service, int status, long bytesIn, long bytesOut, long durationNanos) {
        listener(service).ifPresent(to -> to.request(status, bytesIn, bytesOut, durationNanos));
    }

    @Override
    public void woke(Service service, long nanos) {
        listener(service).ifPresent(to -> to.woke(nanos));
    }

    @Override
    public void connection(Service service, long bytesIn, long bytesOut, long durationNanos) {
        listener(service).ifPresent(to -> to.request(OK, bytesIn, bytesOut, durationNanos));
    }
}
