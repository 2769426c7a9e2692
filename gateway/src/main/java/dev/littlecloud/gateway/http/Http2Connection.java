package dev.littlecloud.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;

/** A client's connection of HTTP/2: makes a {@link Http2Front} of each stream. */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Watch.Watched {
    private static final int STREAM_WINDOW = 256 * 1024;

    /** Larger than a stream's, so that one that stands still does not hold up the others. */
    private static final int CONNECTION_WINDOW = 4 * 1024 * 1024;

    private final HttpGateway gateway;
    private final Http2FrameCodec codec;
    private final Watch watch;
    private final Channel channel;
    private long idleSince = System.nanoTime();

    private Http2Connection(
            HttpGateway gateway, Http2FrameCodec codec, Watch watch, Channel channel) {
        this.gateway = gateway;
        this.codec = codec;
        this.watch = watch;
        this.channel = channel;
    }

    static Http2FrameCodec codec(HttpLimits limits) {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(
                        Http2Settings.defaultSettings()
                                .maxConcurrentStreams(limits.streamsPerConnection())
                                .maxHeaderListSize(limits.headBytes())
                                .initialWindowSize(STREAM_WINDOW))
                .build();
    }

    static Http2MultiplexHandler streams(HttpGateway gateway, Client client) {
        return new Http2MultiplexHandler(
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.config().setOption(ChannelOption.AUTO_READ, false);
                        Http2Front front = new Http2Front(gateway, client);
                        stream.pipeline()
                                .addLast(new Http2StreamFrameToHttpObjectCodec(true, false), front);
                        front.read();
                    }
                });
    }

    /** Makes a connection one of HTTP/2, behind what there is in its pipeline. */
    static void install(ChannelHandlerContext context, HttpGateway gateway, Client client) {
        Http2FrameCodec codec = codec(gateway.limits());
        context.pipeline().addLast(codec, streams(gateway, client));
        follow(context.channel(), gateway, codec);
    }

    /** Looks after a connection whose codec and streams are in place. */
    static void follow(Channel channel, HttpGateway gateway, Http2FrameCodec codec) {
        Watch watch = gateway.local(channel.eventLoop()).watch();
        Http2Connection connection = new Http2Connection(gateway, codec, watch, channel);
        channel.pipeline().addLast(connection);
        watch.add(connection);
        var connectionStream = codec.connection().connectionStream();
        try {
            codec.connection()
                    .local()
                    .flowController()
                    .incrementWindowSize(connectionStream, CONNECTION_WINDOW);
        } catch (Http2Exception overflow) {
            throw new IllegalStateException("a fresh window is small", overflow);
        }
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // Settings, pings and farewells, which the codec has handled.
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        watch.remove(this);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void tick(long nowNanos) {
        if (codec.connection().numActiveStreams() > 0) {
            idleSince = nowNanos;
        } else if (nowNanos - idleSince > gateway.limits().idleTimeout().toNanos()) {
            // The codec says farewell first.
            channel.close();
        }
    }
}
