package dev.littlecloud.control.meter;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The counts of all services. */
public final class MetricsTable {
    private final Map<String, ServiceMetrics> services = new ConcurrentHashMap<>();

    public ServiceMetrics of(String service) {
        return services.computeIfAbsent(service, name -> new ServiceMetrics());
    }

    /** A service is gone, and its counts with it. */
    public void forget(String service) {
        services.remove(service);
    }

    /** In the order of their names. */
    public Map<String, ServiceMetrics> all() {
        return new TreeMap<>(services);
    }
}
