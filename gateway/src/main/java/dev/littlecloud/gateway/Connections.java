package dev.littlecloud.gateway;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts clients' connections and turns away those that are too many. */
@Sharable
final class Connections extends ChannelInboundHandlerAdapter {
    private final int maximum;
    private final AtomicInteger count = new AtomicInteger();
    private final ChannelGroup all = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    Connections(int maximum) {
        this.maximum = maximum;
    }

    int count() {
        return count.get();
    }

    /** Whether the connection may stay; otherwise it is closed. */
    boolean admit(ChannelHandlerContext context) {
        if (count.incrementAndGet() > maximum) {
            count.decrementAndGet();
            context.close();
            return false;
        }
        all.add(context.channel());
        context.channel().closeFuture().addListener(closed -> count.decrementAndGet());
        return true;
    }

    void closeAll() {
        all.close().awaitUninterruptibly();
    }
}
