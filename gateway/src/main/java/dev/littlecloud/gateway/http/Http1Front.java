package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A client's connection of HTTP/1: one exchange after the other. */
final class Http1Front extends Front {
    private final RequestDecoder decoder;
    private final ResponseEncoder encoder;
    private boolean isFirst = true;
    private boolean keepAlive;
    private boolean closing;
    private long idleSince = System.nanoTime();
    private long headSince;

    private Http1Front(
            HttpGateway gateway, Client client, RequestDecoder decoder, ResponseEncoder encoder) {
        super(gateway, client);
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /** Makes a connection one of HTTP/1, behind what there is in its pipeline. */
    static void install(ChannelHandlerContext context, HttpGateway gateway, Client client) {
        RequestDecoder decoder = new RequestDecoder(gateway.limits());
        ResponseEncoder encoder = new ResponseEncoder();
        Http1Front front = new Http1Front(gateway, client, decoder, encoder);
        context.pipeline().addLast(decoder, encoder, front);
        front.read();
    }

    @Override
    void check(HttpRequest request) {
        // The decoder has looked at every byte.
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isFirst
                && message instanceof FullHttpRequest request
                && !client().secure()
                && Http2Upgrade.isWanted(request)) {
            isFirst = false;
            Http2Upgrade.perform(context, decoder, encoder, gateway(), client(), request);
            return;
        }
        isFirst = false;
        super.channelRead(context, message);
    }

    @Override
    boolean takesInformational() {
        Exchange current = exchange();
        return current != null && current.version().minorVersion() > 0;
    }

    @Override
    boolean mayUpgrade() {
        return takesInformational();
    }

    @Override
    void writeHead(HttpResponse response, Exchange of) {
        HttpHeaders headers = response.headers();
        boolean isHead = of.isHead();
        int status = response.status().code();
        boolean bodyless = isHead || status == 204 || status == 304;
        boolean modern = of.version().minorVersion() > 0;
        keepAlive = of.clientKeepsAlive() && !closing;
        if (!bodyless && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (modern) {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            } else {
                keepAlive = false;
            }
        }
        sayWhetherKept(headers, modern);
        response.setProtocolVersion(HttpVersion.HTTP_1_1);
        encoder.next(isHead);
        write(response);
    }

    private void sayWhetherKept(HttpHeaders headers, boolean modern) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!modern) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    @Override
    void write(Object message) {
        context().write(message, context().voidPromise());
    }

    @Override
    void finish(Exchange done) {
        if (keepAlive && done.isRequestComplete()) {
            idleSince = System.nanoTime();
            headSince = 0;
            decoder.next();
            read();
        } else {
            closeGently();
        }
    }

    /** Closes so that the client can read what was sent, though it is still sending itself. */
    private void closeGently() {
        closing = true;
        Linger.close(channel(), decoder);
    }

    @Override
    void cutOff() {
        channel().close();
    }

    @Override
    void answer(FullHttpResponse page, @Nullable Exchange to) {
        boolean modern = true;
        boolean isHead = false;
        keepAlive = false;
        if (to != null) {
            modern = to.version().minorVersion() > 0;
            keepAlive = to.clientKeepsAlive() && to.isRequestComplete() && !closing;
            isHead = to.isHead();
        }
        sayWhetherKept(page.headers(), modern);
        encoder.next(isHead);
        write(page);
        if (to == null) {
            flush();
            closeGently();
        }
    }

    @Override
    void sendsBytes() {
        context().pipeline().remove(encoder);
    }

    @Override
    void takesBytes() {
        context().pipeline().remove(decoder);
    }

    @Override
    void idle(long nowNanos) {
        if (closing) {
            return;
        }
        HttpLimits limits = gateway().limits();
        if (!decoder.isInsideHead()) {
            headSince = 0;
            if (nowNanos - idleSince > limits.idleTimeout().toNanos()) {
                channel().close();
            }
        } else if (headSince == 0) {
            headSince = nowNanos;
        } else if (nowNanos - headSince > limits.headTimeout().toNanos()) {
            String message =
                    "the request's head was not complete after %d ms"
                            .formatted(limits.headTimeout().toMillis());
            refuse(new Refusal(Reason.REQUEST_TIMEOUT, message));
        }
    }
}
