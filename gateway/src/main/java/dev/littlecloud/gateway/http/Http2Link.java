package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.stream.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 connection to a back end: many requests at a time. */
final class Http2Link {
    /** Until the back end says another number. */
    private static final long FEW_STREAMS = 100;

    private final BackPool pool;
    private final Backend backend;
    private final HttpLimits limits;
    private @Nullable ChannelFuture connected;
    private long maxStreams = FEW_STREAMS;
    private int streams;
    private boolean goingAway;

    Http2Link(BackPool pool, Backend backend, HttpLimits limits) {
        this.pool = pool;
        this.backend = backend;
        this.limits = limits;
    }

    Backend backend() {
        return backend;
    }

    boolean takesStreams() {
        return !goingAway && streams < maxStreams;
    }

    void dial(Dialer dialer, EventLoop loop, InetSocketAddress peer) {
        ChannelInitializer<Channel> pipeline =
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Http2FrameCodec codec =
                                Http2FrameCodecBuilder.forClient()
                                        .initialSettings(
                                                Http2Settings.defaultSettings()
                                                        .pushEnabled(false)
                                                        .maxHeaderListSize(limits.headBytes()))
                                        .build();
                        channel.pipeline()
                                .addLast(
                                        codec,
                                        new Http2MultiplexHandler(new NoPush()),
                                        new LinkHandler());
                    }
                };
        ChannelFuture future = dialer.dial(loop, backend, peer, false, pipeline);
        future.channel().config().setOption(ChannelOption.AUTO_READ, true);
        future.channel().closeFuture().addListener(unused -> gone());
        connected = future;
    }

    private void gone() {
        goingAway = true;
        pool.closed(this);
    }

    /** Opens a stream as soon as the connection is there. */
    void open(BiConsumer<@Nullable BackConnection, @Nullable Throwable> done) {
        ChannelFuture future = connected;
        if (future == null) {
            throw new IllegalStateException("dial first");
        }
        streams++;
        future.addListener(
                unused -> {
                    if (future.isSuccess()) {
                        openOn(future.channel(), done);
                    } else {
                        streams--;
                        gone();
                        done.accept(null, future.cause());
                    }
                });
    }

    private void openOn(
            Channel parent, BiConsumer<@Nullable BackConnection, @Nullable Throwable> done) {
        BackConnection connection = new BackConnection(pool, backend);
        new Http2StreamChannelBootstrap(parent)
                .option(ChannelOption.AUTO_READ, false)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                stream.pipeline()
                                        .addLast(
                                                new Http2StreamFrameToHttpObjectCodec(false, false),
                                                connection);
                            }
                        })
                .open()
                .addListener(
                        opened -> {
                            if (opened.isSuccess()) {
                                connection
                                        .channel()
                                        .closeFuture()
                                        .addListener(unused -> streamClosed(parent));
                                done.accept(connection, null);
                            } else {
                                streamClosed(parent);
                                done.accept(null, opened.cause());
                            }
                        });
    }

    private void streamClosed(Channel parent) {
        streams--;
        if (goingAway && streams == 0) {
            parent.close();
        }
    }

    /** Hears of the connection itself. */
    private final class LinkHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case Http2GoAwayFrame away -> {
                    gone();
                    if (streams == 0) {
                        context.close();
                    }
                }
                case Http2SettingsFrame frame -> {
                    Long most = frame.settings().maxConcurrentStreams();
                    maxStreams = most == null ? maxStreams : most;
                }
                default -> {
                    // Acknowledgements and pings.
                }
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** A server opens no streams: pushes are switched off. */
    @io.netty.channel.ChannelHandler.Sharable
    private static final class NoPush extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.close();
        }
    }
}
