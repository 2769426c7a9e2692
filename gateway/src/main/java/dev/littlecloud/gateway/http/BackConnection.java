package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection, or an HTTP/2 stream, to a back end. It tells the exchange that has it what comes; to
 * a connection without an exchange nothing may come but its end.
 */
final class BackConnection extends ChannelInboundHandlerAdapter {
    private final BackPool pool;
    private final Backend backend;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private long idleSince;
    private boolean used;

    BackConnection(BackPool pool, Backend backend) {
        this.pool = pool;
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    Channel channel() {
        return context().channel();
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext there = context;
        if (there == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return there;
    }

    /** Whether an earlier exchange has used it: it may be closed any moment. */
    boolean isUsed() {
        return used;
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    long idleSince() {
        return idleSince;
    }

    void attach(Exchange next) {
        exchange = next;
    }

    /** Gives the connection back for another exchange; reads, so that its end is noticed. */
    void detach() {
        exchange = null;
        used = true;
        pool.give(this);
        context().read();
    }

    void close() {
        exchange = null;
        context().close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object message) {
        Exchange current = exchange;
        if (current == null) {
            ReferenceCountUtil.release(message);
            context().close();
            return;
        }
        if (message instanceof HttpResponse response) {
            current.responseHead(response);
        } else if (message instanceof HttpContent content) {
            current.responseContent(content);
        } else if (message instanceof ByteBuf bytes) {
            current.bytesFromService(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext unused) {
        Exchange current = exchange;
        if (current != null) {
            current.responseReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext unused) {
        Exchange current = exchange;
        if (current != null && channel().isWritable()) {
            current.serviceTakesMore();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext unused) {
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.serviceGone();
        } else {
            pool.remove(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        // A broken connection or bytes that are no HTTP: the exchange says what that means.
        failed.close();
    }
}
