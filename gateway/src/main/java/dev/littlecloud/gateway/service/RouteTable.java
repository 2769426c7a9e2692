package dev.littlecloud.gateway.service;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which service answers where. Immutable: a change is another table.
 *
 * @param hosts services by host name, in lower case without a final dot
 * @param ports services of bytes by the port of the gateway's machine that they have to themselves
 */
public record RouteTable(Map<String, Route> hosts, Map<Integer, Service> ports) {
    public static final RouteTable EMPTY = new RouteTable(Map.of(), Map.of());

    public RouteTable {
        hosts = Map.copyOf(hosts);
        ports = Map.copyOf(ports);
    }

    /** The same with {@code host} leading to {@code route}. */
    public RouteTable withHost(String host, Route route) {
        Map<String, Route> changed = new HashMap<>(hosts);
        changed.put(normalized(host), route);
        return new RouteTable(changed, ports);
    }

    public RouteTable withoutHost(String host) {
        Map<String, Route> changed = new HashMap<>(hosts);
        changed.remove(normalized(host));
        return new RouteTable(changed, ports);
    }

    public RouteTable withPort(int port, Service service) {
        Map<Integer, Service> changed = new HashMap<>(ports);
        changed.put(port, service);
        return new RouteTable(hosts, changed);
    }

    public RouteTable withoutPort(int port) {
        Map<Integer, Service> changed = new HashMap<>(ports);
        changed.remove(port);
        return new RouteTable(hosts, changed);
    }

    /**
     * The route of a Host header's or an SNI's name.
     *
     * @param host a name in any case, perhaps with a final dot, without a port
     */
    public Optional<Route> host(String host) {
        Route exact = hosts.get(host);
        return Optional.ofNullable(exact != null ? exact : hosts.get(normalized(host)));
    }

    public static String normalized(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
