package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.HttpLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a gateway is set up.
 *
 * @param http where requests come in without TLS
 * @param https where connections with TLS come in, of HTTP and of bytes
 * @param portAddress the address of the ports that services of bytes have to themselves
 * @param limits what a client may use up
 * @param maxConnections most connections of clients at a time
 * @param loops the threads that carry bytes
 * @param proxyPeers whose connections start with a PROXY header, version 1 or 2; nobody else's may
 * @param trustedProxies whose X-Forwarded and Forwarded headers are believed
 * @param redirectPort where requests without TLS are sent; empty to answer them
 */
public record GatewayConfig(
        Optional<InetSocketAddress> http,
        Optional<InetSocketAddress> https,
        InetAddress portAddress,
        HttpLimits limits,
        int maxConnections,
        EventLoops loops,
        List<AddressRange> proxyPeers,
        List<AddressRange> trustedProxies,
        OptionalInt redirectPort) {
    public static final GatewayConfig DEFAULT =
            new GatewayConfig(
                    Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080)),
                    Optional.empty(),
                    InetAddress.getLoopbackAddress(),
                    HttpLimits.DEFAULT,
                    16_384,
                    EventLoops.DEFAULT,
                    List.of(),
                    List.of(),
                    OptionalInt.empty());

    public GatewayConfig {
        proxyPeers = List.copyOf(proxyPeers);
        trustedProxies = List.copyOf(trustedProxies);
    }

    public GatewayConfig withHttp(InetSocketAddress address) {
        return new GatewayConfig(
                Optional.of(address),
                https,
                portAddress,
                limits,
                maxConnections,
                loops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withHttps(InetSocketAddress address) {
        return new GatewayConfig(
                http,
                Optional.of(address),
                portAddress,
                limits,
                maxConnections,
                loops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withLimits(HttpLimits newLimits) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                newLimits,
                maxConnections,
                loops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withMaxConnections(int maximum) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                limits,
                maximum,
                loops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withLoops(EventLoops newLoops) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                limits,
                maxConnections,
                newLoops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withProxyPeers(List<AddressRange> peers) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                limits,
                maxConnections,
                loops,
                peers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withRedirect(int port) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                limits,
                maxConnections,
                loops,
                proxyPeers,
                trustedProxies,
                OptionalInt.of(port));
    }

    public GatewayConfig withPortAddress(InetAddress address) {
        return new GatewayConfig(
                http,
                https,
                address,
                limits,
                maxConnections,
                loops,
                proxyPeers,
                trustedProxies,
                redirectPort);
    }

    public GatewayConfig withTrustedProxies(List<AddressRange> trusted) {
        return new GatewayConfig(
                http,
                https,
                portAddress,
                limits,
                maxConnections,
                loops,
                proxyPeers,
                trusted,
                redirectPort);
    }

    boolean startsWithHeader(InetAddress peer) {
        return proxyPeers.stream().anyMatch(range -> range.contains(peer));
    }

    boolean isTrusted(InetAddress address) {
        return trustedProxies.stream().anyMatch(range -> range.contains(address));
    }
}
