package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream of a client's HTTP/2 connection: one exchange. */
final class Http2Front extends Front {
    private static final long GRACE_MILLIS = 1_000;

    private @Nullable ChannelFuture lastWrite;

    Http2Front(HttpGateway gateway, Client client) {
        super(gateway, client);
    }

    @Override
    void check(HttpRequest request) throws Refusal {
        Forwarding.check(request, gateway().limits());
    }

    @Override
    boolean takesInformational() {
        return true;
    }

    @Override
    boolean mayUpgrade() {
        return false;
    }

    @Override
    void writeHead(HttpResponse response, Exchange of) {
        write(response);
    }

    @Override
    void write(Object message) {
        lastWrite = context().write(message);
    }

    @Override
    void finish(Exchange done) {
        if (!done.isRequestComplete()) {
            // The answer is complete, so the rest of the request is not needed: RFC 9113, 8.1. Some
            // clients forget an answer that a reset follows at once, so they may end it first.
            resetAfterwards(Http2Error.NO_ERROR, GRACE_MILLIS);
        }
    }

    /** A reset overtakes what waits for the client's window, so it has to come afterwards. */
    private void resetAfterwards(Http2Error error, long graceMillis) {
        ChannelFuture last = lastWrite;
        if (last != null) {
            last.addListener(
                    written ->
                            channel()
                                    .eventLoop()
                                    .schedule(
                                            () -> reset(error),
                                            graceMillis,
                                            TimeUnit.MILLISECONDS));
        }
    }

    @Override
    void cutOff() {
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void reset(Http2Error error) {
        if (channel().isActive()) {
            context().writeAndFlush(new DefaultHttp2ResetFrame(error));
        }
    }

    /** A head that the codec refuses is answered, so that its sender reads what is wrong with it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (exchange() != null || !(cause.getCause() instanceof StreamException malformed)) {
            super.exceptionCaught(from, cause);
            return;
        }
        String why = "the request is not well-formed: " + malformed.getMessage();
        refuse(new Refusal(Reason.BAD_REQUEST, why));
        flush();
        resetAfterwards(malformed.error(), 0);
    }

    @Override
    void answer(FullHttpResponse page, @Nullable Exchange to) {
        if (to != null && to.isHead()) {
            page.content().clear();
        }
        write(page);
    }

    @Override
    void sendsBytes() {
        throw new IllegalStateException("a stream stays one of HTTP/2");
    }

    @Override
    void takesBytes() {
        throw new IllegalStateException("a stream stays one of HTTP/2");
    }

    @Override
    void idle(long nowNanos) {
        // The connection looks after its streams.
    }
}
