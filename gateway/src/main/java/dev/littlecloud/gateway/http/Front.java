package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** The client's side: a connection of HTTP/1, or a stream of HTTP/2. */
abstract class Front extends ChannelInboundHandlerAdapter implements Watch.Watched {
    private final HttpGateway gateway;
    private final Client client;
    private HttpGateway.@Nullable Local local;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;

    /** How many bytes the client had to take at the last tick, and since when that stands still. */
    private long unsentBytes;

    private long stalledSince;

    Front(HttpGateway gateway, Client client) {
        this.gateway = gateway;
        this.client = client;
    }

    HttpGateway gateway() {
        return gateway;
    }

    Client client() {
        return client;
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext there = context;
        if (there == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return there;
    }

    Channel channel() {
        return context().channel();
    }

    HttpGateway.Local local() {
        HttpGateway.Local there = local;
        if (there == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return there;
    }

    @Nullable Exchange exchange() {
        return exchange;
    }

    void read() {
        context().read();
    }

    /** Refuses what this protocol's decoder lets through and a service must not see. */
    abstract void check(HttpRequest request) throws Refusal;

    /** Whether a response of 1xx would be understood. */
    abstract boolean takesInformational();

    /** Whether the client may change to another protocol. */
    abstract boolean mayUpgrade();

    /** Sends a response's head, framed as this protocol does. */
    abstract void writeHead(HttpResponse response, Exchange of);

    abstract void write(Object message);

    void flush() {
        context().flush();
    }

    /** The response is written; the exchange has let go of everything. */
    final void finished(Exchange done) {
        flush();
        exchange = null;
        finish(done);
    }

    abstract void finish(Exchange done);

    /** A response that cannot be completed ends so that the client sees it is not complete. */
    final void abort() {
        exchange = null;
        cutOff();
    }

    abstract void cutOff();

    /**
     * Answers instead of the service.
     *
     * @param to null where the request was not understood
     */
    abstract void answer(FullHttpResponse response, @Nullable Exchange to);

    /** Answers what was no request. */
    final void refuse(Refusal refusal) {
        answer(ErrorPage.of(refusal, null, RequestIds.fresh()), null);
    }

    /** What is written from here on are the bytes of another protocol. */
    abstract void sendsBytes();

    /** What comes from here on are the bytes of another protocol. */
    abstract void takesBytes();

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        local = gateway.local(added.channel().eventLoop());
        local().watch().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        local().watch().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object message) {
        if (message instanceof Rejected(Refusal refusal)) {
            rejected(refusal);
            return;
        }
        Exchange current = exchange;
        if (message instanceof HttpRequest request) {
            begin(request);
        } else if (message instanceof HttpContent content) {
            if (current != null) {
                current.requestContent(content);
            } else {
                content.release();
            }
        } else if (message instanceof ByteBuf bytes && current != null) {
            current.bytesFromClient(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void rejected(Refusal refusal) {
        Exchange current = exchange;
        if (current != null) {
            current.refuse(refusal);
        } else {
            refuse(refusal);
        }
    }

    private void begin(HttpRequest request) {
        Exchange next = new Exchange(this, withoutContent(request));
        exchange = next;
        next.start();
    }

    /** A whole request has no content; HTTP/2 gives it an empty buffer that is not needed. */
    private static HttpRequest withoutContent(HttpRequest request) {
        if (!(request instanceof FullHttpRequest whole)
                || whole.content() == Unpooled.EMPTY_BUFFER) {
            return request;
        }
        whole.release();
        return RequestDecoder.whole(whole);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext unused) {
        Exchange current = exchange;
        if (current != null) {
            current.requestReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext unused) {
        Exchange current = exchange;
        if (current != null && channel().isWritable()) {
            current.clientTakesMore();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext unused) {
        local().watch().remove(this);
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
        // The client broke the connection or the protocol: nobody is left to tell.
        channel().close();
    }

    @Override
    public void tick(long nowNanos) {
        Exchange current = exchange;
        if (isStalled(nowNanos)) {
            channel().close();
        } else if (current != null) {
            current.tick(nowNanos);
        } else {
            idle(nowNanos);
        }
    }

    /** There is no exchange. */
    abstract void idle(long nowNanos);

    private boolean isStalled(long nowNanos) {
        Channel channel = channel();
        if (channel.isWritable()) {
            stalledSince = 0;
            return false;
        }
        long unsent = channel.bytesBeforeWritable();
        if (stalledSince == 0 || unsent != unsentBytes) {
            unsentBytes = unsent;
            stalledSince = nowNanos;
            return false;
        }
        return nowNanos - stalledSince > gateway.limits().stallTimeout().toNanos();
    }
}
