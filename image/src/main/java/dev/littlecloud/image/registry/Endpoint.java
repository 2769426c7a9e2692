package dev.littlecloud.image.registry;

import dev.littlecloud.image.ImageReference.RegistryName;
import java.net.URI;
import java.util.Locale;

/**
 * Where a registry's API is.
 *
 * @param registry as in image names, the key of credentials
 * @param base URL without a slash at the end
 */
record Endpoint(String registry, String base) {
    /**
     * @param tls also where the registry is on this machine
     */
    static Endpoint of(String registry, boolean tls) {
        // The API of Docker Hub is not where its name says.
        String host = registry.equals(RegistryName.DOCKER_HUB) ? "registry-1.docker.io" : registry;
        String scheme = isLoopback(host) && !tls ? "http" : "https";
        return new Endpoint(registry, scheme + "://" + host);
    }

    /** Whether plain HTTP is in order, because nothing of it leaves this machine. */
    boolean isPlain() {
        return base.startsWith("http:");
    }

    /** Whether the registry may send us to this URL: over HTTPS, or plainly on this machine. */
    boolean mayLeadTo(URI uri) {
        String host = uri.getHost();
        return host != null
                && ("https".equals(uri.getScheme())
                        || ("http".equals(uri.getScheme()) && isPlain() && isLoopback(host)));
    }

    static boolean isLoopback(String hostAndPort) {
        String host = hostAndPort.toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            return host.startsWith("[::1]");
        }
        int colon = host.indexOf(':');
        host = colon < 0 ? host : host.substring(0, colon);
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.[0-9]{1,3}){3}");
    }
}
