package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: finds the service, waits for a lease, connects, and passes bytes both
 * ways as fast as the slower side takes them.
 */
final class Exchange {
    private static final int CLIENT_LEFT = 499;

    private final Front front;
    private final HttpRequest request;
    private final HttpVersion version;
    private final boolean clientKeepsAlive;
    private final String id;
    private final Progress progress;

    private final HeldContent held = new HeldContent();
    private @Nullable Service service;
    private @Nullable Placement placement;
    private @Nullable BackConnection back;
    private @Nullable String upgrade;
    private boolean isRequestComplete;
    private boolean retried;
    private boolean responseStarted;
    private boolean serviceKeepsAlive;
    private boolean skipsContent;
    private boolean upgraded;
    private boolean done;
    private int status = CLIENT_LEFT;
    private long bytesIn;
    private long bytesOut;

    Exchange(Front front, HttpRequest request) {
        this.front = front;
        this.request = request;
        this.version = request.protocolVersion();
        this.clientKeepsAlive = HttpUtil.isKeepAlive(request);
        this.isRequestComplete = request instanceof FullHttpRequest;
        this.id = RequestIds.of(request.headers());
        this.progress = new Progress(front.gateway().limits(), System.nanoTime());
    }

    HttpRequest request() {
        return request;
    }

    /** The client's version of HTTP, which the request to the service need not have. */
    HttpVersion version() {
        return version;
    }

    String id() {
        return id;
    }

    boolean clientKeepsAlive() {
        return clientKeepsAlive;
    }

    boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    boolean isRequestComplete() {
        return isRequestComplete;
    }

    // ---- From the request to a connection.

    void start() {
        try {
            front.check(request);
            // No switch over types: it makes a class at its first use, while a first request waits.
            Destination destination = Destination.of(request, front);
            if (destination instanceof Destination.Here(FullHttpResponse response)) {
                answer(response, response.status().code());
            } else if (destination instanceof Destination.At(Service found)) {
                carryTo(found);
            }
        } catch (Refusal refusal) {
            refuse(refusal);
        }
    }

    private void carryTo(Service found) throws Refusal {
        service = found;
        checkBody(found, HttpUtil.getContentLength(request, -1L));
        boolean chunked = HttpUtil.isTransferEncodingChunked(request);
        upgrade = front.mayUpgrade() ? Forwarding.wantedUpgrade(request, found) : null;
        progress.settings(found.settings());
        Forwarding.request(request, front.client(), id, chunked, upgrade);
        Placement place = new Placement(front, this, found);
        placement = place;
        place.acquire();
    }

    private Service service() {
        Service there = service;
        if (there == null) {
            throw new IllegalStateException("no service yet");
        }
        return there;
    }

    /** There is a connection to an instance. */
    void connected(BackConnection connection) {
        back = connection;
        connection.attach(this);
        send(connection.context());
    }

    private void send(ChannelHandlerContext to) {
        progress.moved();
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
        to.write(request, to.voidPromise());
        held.writeTo(to);
        to.flush();
        to.read();
        readMore();
    }

    /** Reads from the client: its request, or only to hear when it leaves. */
    private void readMore() {
        progress.awaitsClient(!isRequestComplete);
        front.read();
    }

    // ---- The request's body.

    void requestContent(HttpContent content) {
        int length = content.content().readableBytes();
        bytesIn += length;
        progress.received(length);
        if (content instanceof LastHttpContent) {
            isRequestComplete = true;
            progress.awaitsClient(false);
        }
        BackConnection to = back;
        if (done) {
            content.release();
        } else if (bytesIn > service().settings().maxRequestBytes()) {
            content.release();
            refuse(Refusals.tooLarge(service()));
        } else if (to == null) {
            held.add(content);
        } else {
            to.context().write(content, to.context().voidPromise());
        }
    }

    private static void checkBody(Service of, long length) throws Refusal {
        if (length > of.settings().maxRequestBytes()) {
            throw Refusals.tooLarge(of);
        }
    }

    void requestReadComplete() {
        BackConnection to = back;
        if (to == null) {
            return;
        }
        to.context().flush();
        if (isRequestComplete && !upgraded) {
            return;
        }
        if (to.channel().isWritable()) {
            readMore();
        } else {
            progress.awaitsClient(false);
        }
    }

    void serviceTakesMore() {
        if (!isRequestComplete || upgraded) {
            readMore();
        }
    }

    // ---- The response.

    void responseHead(HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            release(response);
            refuse(Refusals.badResponse(service(), "sent something that is no HTTP"));
            return;
        }
        skipsContent = false;
        if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            informational(response);
            return;
        }
        progress.moved();
        responseStarted = true;
        status = response.status().code();
        serviceKeepsAlive = HttpUtil.isKeepAlive(response);
        progress.answered(response.headers());
        Forwarding.response(response, id);
        boolean whole = response instanceof LastHttpContent;
        if (response instanceof HttpContent content) {
            bytesOut += content.content().readableBytes();
        }
        front.writeHead(response, this);
        if (whole) {
            finish();
        }
    }

    private static void release(HttpResponse response) {
        if (response instanceof HttpContent content) {
            content.release();
        }
    }

    private void informational(HttpResponse response) {
        // Netty ends each of them with an empty part of its own.
        skipsContent = !(response instanceof LastHttpContent);
        release(response);
        if (response.status().code() == 101) {
            switchProtocols(response);
        } else if (front.takesInformational()) {
            Forwarding.response(response, id);
            front.write(withoutContent(response));
            front.flush();
        }
    }

    private static DefaultFullHttpResponse withoutContent(HttpResponse response) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                Unpooled.EMPTY_BUFFER,
                response.headers(),
                EmptyHttpHeaders.INSTANCE);
    }

    private void switchProtocols(HttpResponse response) {
        String protocol = response.headers().get(HttpHeaderNames.UPGRADE, "");
        BackConnection to = back;
        if (upgrade == null || to == null || !isRequestComplete) {
            String what = "changed to another protocol unasked";
            refuse(Refusals.badResponse(service(), what));
            return;
        }
        Forwarding.response(response, id);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        response.headers().set(HttpHeaderNames.UPGRADE, protocol);
        front.write(withoutContent(response));
        front.flush();
        status = 101;
        responseStarted = true;
        upgraded = true;
        Placement place = placement;
        if (place != null) {
            place.becomesStream();
        }
        progress.streams();
        front.sendsBytes();
        // Not while the codec is in the middle of decoding.
        to.channel()
                .eventLoop()
                .execute(
                        () -> {
                            if (!done) {
                                to.channel().pipeline().remove(HttpClientCodec.class);
                                front.takesBytes();
                                to.context().read();
                                front.read();
                            }
                        });
    }

    void responseContent(HttpContent content) {
        if (upgraded) {
            // Netty takes them for a body where Sec-WebSocket-Accept is missing.
            bytesFromService(content.content());
            return;
        }
        if (skipsContent) {
            skipsContent = !(content instanceof LastHttpContent);
            content.release();
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            breakOff();
            return;
        }
        int length = content.content().readableBytes();
        bytesOut += length;
        progress.moved();
        boolean last = content instanceof LastHttpContent;
        front.write(content);
        if (last) {
            finish();
        }
    }

    void responseReadComplete() {
        front.flush();
        BackConnection from = back;
        if (from != null && front.channel().isWritable()) {
            from.context().read();
        }
    }

    void clientTakesMore() {
        BackConnection from = back;
        if (from != null) {
            from.context().read();
        }
    }

    // ---- After 101.

    void bytesFromClient(ByteBuf bytes) {
        BackConnection to = back;
        if (to == null) {
            bytes.release();
            return;
        }
        bytesIn += bytes.readableBytes();
        progress.moved();
        to.context().write(bytes, to.context().voidPromise());
    }

    void bytesFromService(ByteBuf bytes) {
        bytesOut += bytes.readableBytes();
        progress.moved();
        front.write(bytes);
    }

    // ---- Ends.

    /** The response is complete. */
    private void finish() {
        BackConnection from = back;
        boolean reusable =
                from != null
                        && serviceKeepsAlive
                        && isRequestComplete
                        && service().settings().protocol() == Protocol.HTTP1
                        && service().settings().isolation() == Isolation.INSTANCE;
        if (from != null && reusable) {
            back = null;
            from.detach();
        }
        letGo();
        front.finished(this);
    }

    /** Answers with an error, or breaks the response off where it has begun. */
    void refuse(Refusal refusal) {
        if (done) {
            return;
        }
        if (responseStarted) {
            breakOff();
            return;
        }
        answer(ErrorPage.of(refusal, request.headers(), id), refusal.reason().status());
    }

    private void answer(FullHttpResponse response, int with) {
        status = with;
        letGo();
        front.answer(response, this);
        front.finished(this);
    }

    private void breakOff() {
        letGo();
        front.abort();
    }

    void clientGone() {
        letGo();
    }

    /** The connection to the service is closed, and not by us. */
    void serviceGone() {
        BackConnection gone = back;
        back = null;
        if (done) {
            return;
        }
        Placement on = placement;
        if (responseStarted) {
            breakOff();
        } else if (gone != null && on != null && mayRetry(gone)) {
            retried = true;
            on.connectAgain();
        } else {
            refuse(Refusals.noAnswer(service()));
        }
    }

    /**
     * A kept connection may have been closed before the request arrived. Only what may be done twice
     * and is still here as a whole is sent again: RFC 9110, 9.2.2.
     */
    private boolean mayRetry(BackConnection gone) {
        HttpMethod method = request.method();
        boolean idempotent =
                method.equals(HttpMethod.GET)
                        || method.equals(HttpMethod.HEAD)
                        || method.equals(HttpMethod.OPTIONS)
                        || method.equals(HttpMethod.PUT)
                        || method.equals(HttpMethod.DELETE);
        return gone.isUsed() && !retried && idempotent && request instanceof FullHttpRequest;
    }

    /** Gives back what is held, once. */
    private void letGo() {
        if (done) {
            return;
        }
        done = true;
        held.release();
        BackConnection connection = back;
        back = null;
        if (connection != null) {
            connection.close();
        }
        Placement place = placement;
        if (place != null) {
            place.release();
        }
        Service of = service;
        if (of != null) {
            front.gateway()
                    .metrics()
                    .request(of, status, bytesIn, bytesOut, progress.duration(System.nanoTime()));
        }
    }

    void tick(long nowNanos) {
        switch (progress.check(nowNanos, upgraded)) {
            case FINE -> {}
            case TOTAL -> refuse(timedOut());
            case CLIENT ->
                    refuse(
                            new Refusal(
                                    Reason.REQUEST_TIMEOUT, "the request's body came too slowly"));
            case IDLE -> breakOff();
        }
    }

    private Refusal timedOut() {
        Placement place = placement;
        if (place == null || !place.hasLease()) {
            return Refusals.notStarted(service());
        }
        return back == null ? Refusals.notAccepted(service()) : Refusals.notAnswered(service());
    }
}
