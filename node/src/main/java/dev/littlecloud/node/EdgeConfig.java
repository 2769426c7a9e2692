package dev.littlecloud.node;

import dev.littlecloud.gateway.AddressRange;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a cloud meets the world, besides its port without TLS.
 *
 * @param httpsPort where connections with TLS come in; 0 for any that is free
 * @param hasDevelopmentCa whether names below localhost get certificates of an authority of ours
 * @param certificates a folder with certificates
 * @param acme who issues certificates for other names
 * @param redirectsToHttps whether requests without TLS are sent to where there is TLS
 * @param proxyPeers whose connections start with a PROXY header
 * @param trustedProxies whose X-Forwarded headers are believed
 */
public record EdgeConfig(
        OptionalInt httpsPort,
        boolean hasDevelopmentCa,
        Optional<Path> certificates,
        Optional<Acme> acme,
        boolean redirectsToHttps,
        List<AddressRange> proxyPeers,
        List<AddressRange> trustedProxies) {
    /** No TLS, and nothing in front of the gateway. */
    public static final EdgeConfig PLAIN =
            new EdgeConfig(
                    OptionalInt.empty(),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    List.of(),
                    List.of());

    public EdgeConfig {
        proxyPeers = List.copyOf(proxyPeers);
        trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * An ACME authority.
     *
     * @param email whom it may write, or empty
     */
    public record Acme(URI directory, String email) {}
}
