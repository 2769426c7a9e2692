package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** HTTP/2 on both sides, as gRPC uses it: streams in both directions at a time, and trailers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcTest {
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Routes routes = new Routes();
    private FakeService service =
            new FakeService(
                    "none", ServiceSettings.DEFAULT, new Backend.Host(new InetSocketAddress(1)));
    private int port;
    private AutoCloseable gateway = () -> {};

    @BeforeAll
    void start() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Channel server =
                new ServerBootstrap()
                        .group(loops)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new EchoConnection())
                        .bind(loopback, 0)
                        .sync()
                        .channel();
        service =
                new FakeService(
                        "rpc",
                        ServiceSettings.DEFAULT.withProtocol(Protocol.H2C),
                        new Backend.Host((InetSocketAddress) server.localAddress()));
        routes.update(table -> table.withHost("rpc.localhost", Route.to(service)));
        Gateway started =
                Gateway.start(
                        GatewayConfig.DEFAULT.withHttp(new InetSocketAddress(loopback, 0)),
                        routes,
                        GatewayMetrics.NONE,
                        List.of());
        gateway = started;
        port = started.httpAddress().orElseThrow().getPort();
    }

    @AfterAll
    void stop() throws Exception {
        gateway.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    /** Answers each part of a request's body with the same, and its end with trailers. */
    private static final class EchoConnection extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel stream) {
                                            stream.pipeline().addLast(new EchoStream());
                                        }
                                    }));
        }
    }

    private static final class EchoStream extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2HeadersFrame frame) {
                Http2Headers headers =
                        new DefaultHttp2Headers()
                                .status("200")
                                .add("content-type", "application/grpc")
                                .add("seen-te", String.valueOf(frame.headers().get("te")))
                                .add("seen-path", frame.headers().path());
                context.writeAndFlush(new DefaultHttp2HeadersFrame(headers));
            } else if (message instanceof Http2DataFrame data) {
                boolean end = data.isEndStream();
                context.writeAndFlush(new DefaultHttp2DataFrame(data.content()));
                if (end) {
                    Http2Headers trailers =
                            new DefaultHttp2Headers().add("grpc-status", "0").add("x-sum", "42");
                    context.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
                }
            } else {
                ReferenceCountUtil.release(message);
            }
        }
    }

    /** One call, frame by frame. */
    private final class Call implements AutoCloseable {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final Channel connection;
        private final Http2StreamChannel stream;

        Call() throws Exception {
            connection =
                    new Bootstrap()
                            .group(loops)
                            .channel(NioSocketChannel.class)
                            .handler(
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline()
                                                    .addLast(
                                                            Http2FrameCodecBuilder.forClient()
                                                                    .build(),
                                                            new Http2MultiplexHandler(
                                                                    new ChannelInboundHandlerAdapter()));
                                        }
                                    })
                            .connect(InetAddress.getLoopbackAddress(), port)
                            .sync()
                            .channel();
            stream =
                    new Http2StreamChannelBootstrap(connection)
                            .handler(new Recorder())
                            .open()
                            .sync()
                            .getNow();
            Http2Headers headers =
                    new DefaultHttp2Headers()
                            .method("POST")
                            .scheme("http")
                            .authority("rpc.localhost")
                            .path("/Echo/Say")
                            .add("content-type", "application/grpc")
                            .add("te", "trailers");
            stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers)).sync();
        }

        Call send(String text, boolean end) throws InterruptedException {
            var bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
            stream.writeAndFlush(new DefaultHttp2DataFrame(bytes, end)).sync();
            return this;
        }

        String next() throws InterruptedException {
            String event = events.poll(60, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }

        @Override
        public void close() throws InterruptedException {
            connection.close().sync();
        }

        private final class Recorder extends ChannelInboundHandlerAdapter {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof Http2HeadersFrame frame) {
                    Http2Headers headers = frame.headers();
                    events.add(
                            headers.status() == null
                                    ? "trailers "
                                            + headers.get("grpc-status")
                                            + headers.get("x-sum")
                                    : "head %s %s %s %s"
                                            .formatted(
                                                    headers.status(),
                                                    headers.get("seen-te"),
                                                    headers.get("seen-path"),
                                                    headers.get("grpc-status")));
                } else if (message instanceof Http2DataFrame data) {
                    String text = data.content().toString(StandardCharsets.US_ASCII);
                    if (!text.isEmpty()) {
                        events.add("data " + text);
                    }
                }
                ReferenceCountUtil.release(message);
            }
        }
    }

    @Test
    void streamsBothWaysAndPassesTrailers() throws Exception {
        try (Call call = new Call()) {
            assertThat(call.next()).isEqualTo("head 200 trailers /Echo/Say null");
            for (int i = 0; i < 20; i++) {
                assertThat(call.send("part " + i, false).next()).isEqualTo("data part " + i);
            }
            assertThat(call.send("last", true).next()).isEqualTo("data last");
            assertThat(call.next()).isEqualTo("trailers 042");
        }
        TestGateway.await(() -> service.leases() == 0);
    }

    @Test
    void refusesInGrpcsWay() throws Exception {
        FakeService refusing =
                new FakeService(
                                "rpc",
                                service.settings(),
                                new Backend.Host(new InetSocketAddress(1)))
                        .refusing(new Refusal(Reason.OVERLOADED, "too much"));
        routes.update(table -> table.withHost("rpc.localhost", Route.to(refusing)));
        try (Call call = new Call()) {
            assertThat(call.next()).isEqualTo("head 200 null null 14");
        } finally {
            routes.update(table -> table.withHost("rpc.localhost", Route.to(service)));
        }
    }
}
