package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.Client;
import dev.littlecloud.gateway.http.HttpConnections;
import dev.littlecloud.gateway.http.HttpGateway;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.stream.Transport;
import dev.littlecloud.gateway.tcp.Relay;
import dev.littlecloud.gateway.tls.AcmeChallenges;
import dev.littlecloud.gateway.tls.CertificateSource;
import dev.littlecloud.gateway.tls.TlsContexts;
import dev.littlecloud.kernel.net.HostStream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listens for clients and carries their requests to services. */
public final class Gateway implements AutoCloseable {
    // A client that is gone without a word keeps an instance up for two minutes, not for ever.
    private static final int KEEP_ALIVE_IDLE_SECONDS = 60;
    private static final int KEEP_ALIVE_INTERVAL_SECONDS = 15;
    private static final int KEEP_ALIVE_PROBES = 4;

    private static final int BACKLOG = 4096;

    private final GatewayConfig config;
    private final Routes routes;
    private final GatewayMetrics metrics;
    private final Transport transport;
    private final EventLoopGroup loops;
    private final Dialer dialer;
    private final HttpGateway http;
    private final TlsContexts certificates;
    private final Connections connections;
    private final InsideDoor inside;
    private final Ports ports = new Ports(this::bindPort);
    private @Nullable Channel httpListener;
    private @Nullable Channel httpsListener;

    private Gateway(
            GatewayConfig config,
            Routes routes,
            GatewayMetrics metrics,
            List<CertificateSource> certificates,
            AcmeChallenges challenges) {
        this.config = config;
        this.routes = routes;
        this.metrics = metrics;
        this.certificates = new TlsContexts(certificates);
        this.transport = Transport.best();
        this.loops =
                new MultiThreadIoEventLoopGroup(
                        config.loops().count(), config.loops().threads(), transport.handlers());
        this.dialer = new Dialer(transport, config.limits().connectTimeout());
        this.http =
                new HttpGateway(
                        routes,
                        config.limits(),
                        metrics,
                        dialer,
                        challenges,
                        config.redirectPort());
        this.connections = new Connections(config.maxConnections());
        this.inside = new InsideDoor(connections, http, metrics, dialer);
    }

    /** Starts to listen, without an ACME authority. */
    public static Gateway start(
            GatewayConfig config,
            Routes routes,
            GatewayMetrics metrics,
            List<CertificateSource> certificates)
            throws IOException {
        return start(config, routes, metrics, certificates, new AcmeChallenges());
    }

    /**
     * Starts to listen, and follows {@code routes}. Do not change routes from an event loop.
     *
     * @param certificates for TLS; the first one that knows a name wins
     * @param challenges what an ACME authority asks for, answered whatever the host
     * @throws IOException when an address cannot be had; nothing is left open then
     */
    public static Gateway start(
            GatewayConfig config,
            Routes routes,
            GatewayMetrics metrics,
            List<CertificateSource> certificates,
            AcmeChallenges challenges)
            throws IOException {
        Gateway gateway = create(config, routes, metrics, certificates, challenges);
        boolean started = false;
        try {
            gateway.listen();
            started = true;
            return gateway;
        } finally {
            if (!started) {
                gateway.close();
            }
        }
    }

    /**
     * A gateway that carries connections of programs in instances, and takes others once it is told
     * to {@link #listen}. Parameters are as above.
     */
    public static Gateway create(
            GatewayConfig config,
            Routes routes,
            GatewayMetrics metrics,
            List<CertificateSource> certificates,
            AcmeChallenges challenges) {
        return new Gateway(config, routes, metrics, certificates, challenges);
    }

    /**
     * Opens a connection for a program in an instance. Returns at once, and takes no lock for long;
     * any thread.
     *
     * @param service what it leads to, whatever its requests say
     * @param protocol the service's: who calls with a lock held cannot ask for its settings
     * @param from where it comes from, as the service sees it
     * @param whenClosed runs once, when it is closed
     * @return the program's end
     */
    public HostStream open(
            Service service, Protocol protocol, InetSocketAddress from, Runnable whenClosed) {
        return inside.open(loops.next(), service, protocol, from, whenClosed);
    }

    /**
     * Starts to listen, and follows the routes.
     *
     * @throws IOException when an address cannot be had; close it then
     */
    public void listen() throws IOException {
        if (config.http().isPresent()) {
            httpListener =
                    bind(
                            config.http().get(),
                            (context, client) -> HttpConnections.plain(context, http, client));
        }
        if (config.https().isPresent()) {
            httpsListener = bind(config.https().get(), this::leadTls);
        }
        routes.listen(ports::follow);
    }

    private void leadTls(ChannelHandlerContext context, Client client) {
        TlsDoor.Shared shared =
                new TlsDoor.Shared(
                        routes,
                        certificates,
                        http,
                        metrics,
                        dialer,
                        config.limits().headTimeout().toMillis());
        context.pipeline().addLast(new TlsDoor(shared, client));
        context.channel().read();
    }

    private Channel bindPort(int port) throws IOException {
        return bind(
                new InetSocketAddress(config.portAddress(), port),
                (context, client) -> {
                    Service service = routes.table().ports().get(port);
                    if (service == null) {
                        context.close();
                    } else {
                        Relay.install(context, service, metrics, dialer, client.address());
                    }
                });
    }

    private Channel bind(InetSocketAddress address, Door.Guide guide) throws IOException {
        Door door = new Door(config, connections, guide);
        var bound =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.listener())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(transport.keepAlive().idle(), KEEP_ALIVE_IDLE_SECONDS)
                        .childOption(transport.keepAlive().interval(), KEEP_ALIVE_INTERVAL_SECONDS)
                        .childOption(transport.keepAlive().count(), KEEP_ALIVE_PROBES)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(door);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on %s:%d: %s"
                            .formatted(
                                    address.getHostString(),
                                    address.getPort(),
                                    bound.cause().getMessage()),
                    bound.cause());
        }
        return bound.channel();
    }

    /** Where requests come in without TLS, with the port that was chosen for port 0. */
    public Optional<InetSocketAddress> httpAddress() {
        return Optional.ofNullable(httpListener)
                .map(channel -> (InetSocketAddress) channel.localAddress());
    }

    /** Where connections with TLS come in, with the port that was chosen for port 0. */
    public Optional<InetSocketAddress> httpsAddress() {
        return Optional.ofNullable(httpsListener)
                .map(channel -> (InetSocketAddress) channel.localAddress());
    }

    /** Ports of the routes that cannot be listened on, and why. */
    public Map<Integer, String> portFailures() {
        return ports.failures();
    }

    /** Connections of clients now. */
    public int connectionCount() {
        return connections.count();
    }

    @Override
    public void close() {
        close(httpListener);
        close(httpsListener);
        ports.close();
        connections.closeAll();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static void close(@Nullable Channel listener) {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
    }
}
