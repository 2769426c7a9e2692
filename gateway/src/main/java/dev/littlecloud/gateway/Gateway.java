package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.Client;
import dev.littlecloud.gateway.http.HttpConnections;
import dev.littlecloud.gateway.http.HttpGateway;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.stream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listens for clients and carries their requests to services. */
public final class Gateway implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final GatewayConfig config;
    private final Transport transport;
    private final EventLoopGroup loops;
    private final HttpGateway http;
    private final Connections connections;
    private @Nullable Channel httpListener;

    private Gateway(GatewayConfig config, Routes routes, GatewayMetrics metrics) {
        this.config = config;
        this.transport = Transport.best();
        this.loops =
                new MultiThreadIoEventLoopGroup(
                        config.threads(),
                        new DefaultThreadFactory("gateway", true),
                        transport.handlers());
        Dialer dialer = new Dialer(transport, config.limits().connectTimeout());
        this.http = new HttpGateway(routes, config.limits(), metrics, dialer);
        this.connections = new Connections(config.maxConnections());
    }

    /**
     * Starts to listen.
     *
     * @throws IOException when an address cannot be had; nothing is left open then
     */
    public static Gateway start(GatewayConfig config, Routes routes, GatewayMetrics metrics)
            throws IOException {
        Gateway gateway = new Gateway(config, routes, metrics);
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

    private void listen() throws IOException {
        if (config.http().isPresent()) {
            httpListener = bind(config.http().get(), new Plain());
        }
    }

    private Channel bind(InetSocketAddress address, ChannelInboundHandlerAdapter handler)
            throws IOException {
        var bound =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.listener())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(handler);
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

    /** Connections of clients now. */
    public int connectionCount() {
        return connections.count();
    }

    @Override
    public void close() {
        Channel listener = httpListener;
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        connections.closeAll();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A new connection without TLS. */
    @io.netty.channel.ChannelHandler.Sharable
    private final class Plain extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (connections.admit(context)) {
                InetSocketAddress peer = (InetSocketAddress) context.channel().remoteAddress();
                HttpConnections.plain(context, http, Client.of(peer, false, false));
            }
        }
    }
}
