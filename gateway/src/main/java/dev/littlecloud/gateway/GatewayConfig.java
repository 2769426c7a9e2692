package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.HttpLimits;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * How a gateway is set up.
 *
 * @param http where requests come in without TLS
 * @param limits what a client may use up
 * @param maxConnections most connections of clients at a time
 * @param threads event loops
 */
public record GatewayConfig(
        Optional<InetSocketAddress> http, HttpLimits limits, int maxConnections, int threads) {
    public static final GatewayConfig DEFAULT =
            new GatewayConfig(
                    Optional.of(new InetSocketAddress("127.0.0.1", 8080)),
                    HttpLimits.DEFAULT,
                    16_384,
                    Runtime.getRuntime().availableProcessors());

    public GatewayConfig withHttp(InetSocketAddress address) {
        return new GatewayConfig(Optional.of(address), limits, maxConnections, threads);
    }

    public GatewayConfig withLimits(HttpLimits newLimits) {
        return new GatewayConfig(http, newLimits, maxConnections, threads);
    }

    public GatewayConfig withMaxConnections(int maximum) {
        return new GatewayConfig(http, limits, maximum, threads);
    }
}
