package dev.littlecloud.gateway.metrics;

import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Service;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counters of all services, by name: all revisions of one count together. */
public final class CountingMetrics implements GatewayMetrics {
    private final ConcurrentHashMap<String, ServiceCounters> services = new ConcurrentHashMap<>();

    public ServiceCounters of(String service) {
        ServiceCounters known = services.get(service);
        return known != null
                ? known
                : services.computeIfAbsent(service, name -> new ServiceCounters());
    }

    /** What was counted until now, by service in order. */
    public Map<String, ServiceCounters> all() {
        return new TreeMap<>(services);
    }

    /** Forgets a service that was deleted. */
    public void forget(String service) {
        services.remove(service);
    }

    @Override
    public void request(Service service, int status, long in, long out, long durationNanos) {
        of(service.name()).request(status, in, out, durationNanos);
    }

    @Override
    public void woke(Service service, long nanos) {
        of(service.name()).woke(nanos);
    }

    @Override
    public void connection(Service service, long in, long out, long durationNanos) {
        of(service.name()).connection(in, out);
    }
}
