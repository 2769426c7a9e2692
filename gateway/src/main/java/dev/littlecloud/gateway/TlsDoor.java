package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.Client;
import dev.littlecloud.gateway.http.HttpConnections;
import dev.littlecloud.gateway.http.HttpGateway;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.RouteTable;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.tcp.Relay;
import dev.littlecloud.gateway.tls.TlsContexts;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the name in a TLS connection's first message who decrypts it: the gateway, for HTTP or for
 * bytes, or the service itself.
 */
final class TlsDoor extends AbstractSniHandler<TlsDoor.Choice> {
    /** More than any client's first message, and little memory. */
    private static final int LONGEST_HELLO = 64 * 1024;

    /** A fatal alert "unrecognized_name": RFC 6066, 3. */
    private static final byte[] UNKNOWN_NAME = {0x15, 0x03, 0x03, 0, 2, 2, 112};

    /** What becomes of the connection. */
    sealed interface Choice {}

    private record Web(SslContext context) implements Choice {}

    private record Bytes(SslContext context, Service service) implements Choice {}

    private record PassThrough(Service service) implements Choice {}

    private record Unknown() implements Choice {}

    /** What all connections share. */
    record Shared(
            Routes routes,
            TlsContexts contexts,
            HttpGateway http,
            GatewayMetrics metrics,
            Dialer dialer,
            long timeoutMillis) {}

    private final Shared shared;
    private final Client client;

    TlsDoor(Shared shared, Client client) {
        super(LONGEST_HELLO, shared.timeoutMillis());
        this.shared = shared;
        this.client = client;
    }

    @Override
    protected Future<Choice> lookup(ChannelHandlerContext context, @Nullable String name) {
        return context.executor().newSucceededFuture(choose(name == null ? "" : name));
    }

    private Choice choose(String name) {
        String host = RouteTable.normalized(name);
        Optional<Route> route = shared.routes().table().host(host);
        if (route.isPresent() && route.get().tls() == Route.Tls.PASS_THROUGH) {
            return new PassThrough(route.get().service());
        }
        if (route.isPresent() && route.get().service().settings().protocol() == Protocol.TCP) {
            Service service = route.get().service();
            Optional<SslContext> context = shared.contexts().bytes(host);
            return context.isPresent() ? new Bytes(context.get(), service) : new Unknown();
        }
        Optional<SslContext> context = shared.contexts().web(host);
        return context.isPresent() ? new Web(context.get()) : new Unknown();
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext context, @Nullable String name, Future<Choice> future) {
        switch (future.getNow()) {
            case PassThrough(Service service) -> {
                Relay.install(
                        context, service, shared.metrics(), shared.dialer(), client.address());
                context.pipeline().remove(this);
            }
            case Bytes(SslContext tls, Service service) -> {
                decrypt(context, tls);
                Relay.install(
                        context, service, shared.metrics(), shared.dialer(), client.address());
                context.pipeline().remove(this);
            }
            case Web(SslContext tls) -> {
                decrypt(context, tls);
                context.pipeline().addLast(new Negotiated());
                context.pipeline().remove(this);
            }
            case Unknown() ->
                    context.writeAndFlush(Unpooled.wrappedBuffer(UNKNOWN_NAME))
                            .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void decrypt(ChannelHandlerContext context, SslContext tls) {
        SslHandler handler = tls.newHandler(context.alloc());
        handler.setHandshakeTimeoutMillis(shared.timeoutMillis());
        context.pipeline().addLast(handler);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** After the handshake: the version of HTTP is agreed. */
    private final class Negotiated extends ApplicationProtocolNegotiationHandler {
        Negotiated() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                HttpConnections.http2(context, shared.http(), client.withTls());
            } else {
                HttpConnections.http1(context, shared.http(), client.withTls());
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
