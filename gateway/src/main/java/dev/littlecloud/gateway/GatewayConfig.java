package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.HttpLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * How a gateway is set up.
 *
 * @param http where requests come in without TLS
 * @param https where connections with TLS come in, of HTTP and of bytes
 * @param portAddress the address of the ports that services of bytes have to themselves
 * @param limits what a client may use up
 * @param maxConnections most connections of clients at a time
 * @param threads event loops
 * @param proxyProtocol whether every connection starts with a PROXY header, version 1 or 2
 * @param trustedProxies whose X-Forwarded and Forwarded headers are believed
 */
public record GatewayConfig(
        Optional<InetSocketAddress> http,
        Optional<InetSocketAddress> https,
        InetAddress portAddress,
        HttpLimits limits,
        int maxConnections,
        int threads,
        boolean proxyProtocol,
        List<AddressRange> trustedProxies) {
    public static final GatewayConfig DEFAULT =
            new GatewayConfig(
                    Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080)),
                    Optional.empty(),
                    InetAddress.getLoopbackAddress(),
                    HttpLimits.DEFAULT,
                    16_384,
                    Runtime.getRuntime().availableProcessors(),
                    false,
                    List.of());

    public GatewayConfig {
        trustedProxies = List.copyOf(trustedProxies);
    }

    public GatewayConfig withHttp(InetSocketAddress address) {
        return new GatewayConfig(
                Optional.of(address),
                https,
                portAddress,
                limits,
                maxConnections,
                threads,
                proxyProtocol,
                trustedProxies);
    }

    public GatewayConfig withHttps(InetSocketAddress address) {
        return new GatewayConfig(
                http,
                Optional.of(address),
                portAddress,
                limits,
                maxConnections,
                threads,
                proxyProtocol,
                trustedProxies);
    }

    public GatewayConfig withLimits(HttpLimits newLimits) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                newLimits,
                maxConnections,
                threads,
                proxyProtocol,
                trustedProxies);
    }

    public GatewayConfig withMaxConnections(int maximum) {
        return new GatewayConfig(
                http, https, portAddress, limits, maximum, threads, proxyProtocol, trustedProxies);
    }

    public GatewayConfig withProxyProtocol() {
        return new GatewayConfig(
                http, https, portAddress, limits, maxConnections, threads, true, trustedProxies);
    }

    public GatewayConfig withTrustedProxies(List<AddressRange> trusted) {
        return new GatewayConfig(
                http, https, portAddress, limits, maxConnections, threads, proxyProtocol, trusted);
    }

    boolean isTrusted(InetAddress address) {
        return trustedProxies.stream().anyMatch(range -> range.contains(address));
    }
}
