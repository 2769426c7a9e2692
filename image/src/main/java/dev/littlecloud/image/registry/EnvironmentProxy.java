package dev.littlecloud.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as curl and docker understand them. */
final class EnvironmentProxy extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        String proxy = variable("https".equals(uri.getScheme()) ? "https_proxy" : "http_proxy");
        String host = uri.getHost();
        if (proxy.isEmpty() || host == null || Endpoint.isLoopback(host) || isExcluded(host)) {
            return List.of(Proxy.NO_PROXY);
        }
        URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        int port = address.getPort() < 0 ? 80 : address.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address.getHost(), port)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // The request reports it.
    }

    private boolean isExcluded(String host) {
        for (String entry : variable("no_proxy").split(",")) {
            String suffix = entry.strip().toLowerCase(Locale.ROOT);
            suffix = suffix.startsWith(".") ? suffix.substring(1) : suffix;
            String lower = host.toLowerCase(Locale.ROOT);
            if (suffix.equals("*")
                    || (!suffix.isEmpty()
                            && (lower.equals(suffix) || lower.endsWith("." + suffix)))) {
                return true;
            }
        }
        return false;
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty()
                ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "")
                : value;
    }
}
