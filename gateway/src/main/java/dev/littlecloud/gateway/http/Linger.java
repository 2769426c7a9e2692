package dev.littlecloud.gateway.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client is still sending: to close at once would reset it, and the client
 * would lose the answer that says why (RFC 9112, 9.6). So the end is sent first, and for a while what
 * comes is thrown away.
 */
final class Linger extends ChannelDuplexHandler {
    private static final int LONGEST_MILLIS = 1_000;
    private static final long MOST_BYTES = 8L << 20;

    private long bytes;

    private Linger() {}

    /**
     * @param decoder is replaced by a handler that throws away
     */
    static void close(Channel channel, ChannelHandler decoder) {
        if (channel.pipeline().context(decoder) == null) {
            channel.close();
            return;
        }
        if (channel.pipeline().get(SslHandler.class) != null
                || !(channel instanceof DuplexChannel duplex)) {
            // close_notify tells the end; data behind it is dropped by TLS anyway.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        sent -> {
                            if (sent.isSuccess()) {
                                duplex.shutdownOutput();
                            } else {
                                channel.close();
                            }
                        });
        channel.pipeline().addFirst(new Linger());
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        bytes += 1;
        if (message instanceof io.netty.buffer.ByteBuf buffer) {
            bytes += buffer.readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (bytes > MOST_BYTES) {
            context.close();
        }
    }
}
