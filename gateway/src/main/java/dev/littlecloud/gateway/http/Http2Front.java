package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Refusal;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/** A stream of a client's HTTP/2 connection: one exchange. */
final class Http2Front extends Front {
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
        context().write(message);
    }

    @Override
    void finish(Exchange done) {
        ChannelFuture last = lastWrite;
        if (!done.isRequestComplete() && last != null) {
            // The answer is complete, so the rest of the request is not needed: RFC 9113, 8.1. A
            // reset overtakes what waits for the client's window, so it has to come afterwards.
            last.addListener(written -> reset(Http2Error.NO_ERROR));
        }
    }

    @Override
    void cutOff() {
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void reset(Http2Error error) {
        context().writeAndFlush(new DefaultHttp2ResetFrame(error));
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
