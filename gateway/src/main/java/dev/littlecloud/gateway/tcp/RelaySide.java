package dev.littlecloud.gateway.tcp;

import dev.littlecloud.gateway.stream.HalfClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One of the two connections of a {@link Relay}: what it receives, the other one sends. */
final class RelaySide extends ChannelInboundHandlerAdapter {
    private final Relay relay;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    private @Nullable RelaySide other;
    private @Nullable ChannelHandlerContext context;
    private boolean started;
    private boolean inputEnded;
    private long received;

    RelaySide(Relay relay) {
        this.relay = relay;
    }

    void join(RelaySide with) {
        other = with;
    }

    private RelaySide other() {
        RelaySide there = other;
        if (there == null) {
            throw new IllegalStateException("not joined");
        }
        return there;
    }

    /** Bytes that came in here. */
    long received() {
        return received;
    }

    /** The other side is there: passes on what has waited, and reads. */
    void start() {
        started = true;
        while (!waiting.isEmpty()) {
            other().send(waiting.remove());
        }
        other().flush();
        if (inputEnded) {
            other().endOutput();
        } else {
            readMore();
        }
    }

    void readMore() {
        ChannelHandlerContext there = context;
        if (there != null && !inputEnded) {
            there.read();
        }
    }

    private void send(ByteBuf bytes) {
        ChannelHandlerContext there = context;
        if (there == null) {
            bytes.release();
        } else {
            there.write(bytes, there.voidPromise());
        }
    }

    private void flush() {
        ChannelHandlerContext there = context;
        if (there != null) {
            there.flush();
        }
    }

    private boolean isWritable() {
        ChannelHandlerContext there = context;
        return there != null && there.channel().isWritable();
    }

    /** Sends the end of the stream behind what was sent. */
    private void endOutput() {
        ChannelHandlerContext there = context;
        if (there == null) {
            return;
        }
        Channel channel = there.channel();
        boolean half =
                channel.pipeline().get(SslHandler.class) == null && HalfClose.isPossible(channel);
        there.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        sent -> {
                            if (!half) {
                                relay.over();
                            } else if (sent.isSuccess()) {
                                HalfClose.shutdownOutput(channel);
                            }
                        });
    }

    void close() {
        ChannelHandlerContext there = context;
        if (there != null && there.channel().isOpen()) {
            there.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    void reset() {
        ChannelHandlerContext there = context;
        if (there != null && there.channel().isOpen()) {
            HalfClose.reset(there.channel());
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        if (added.channel().pipeline().get(SslHandler.class) == null) {
            added.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        received += bytes.readableBytes();
        if (started) {
            other().send(bytes);
        } else {
            waiting.add(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext unused) {
        if (started) {
            other().flush();
            if (other().isWritable()) {
                readMore();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext unused) {
        if (isWritable() && other().started) {
            other().readMore();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext unused, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (other().inputEnded) {
                relay.over();
            } else if (started) {
                other().endOutput();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext unused) {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        relay.over();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
        relay.broken();
    }
}
