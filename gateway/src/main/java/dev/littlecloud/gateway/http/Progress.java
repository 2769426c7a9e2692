package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.ServiceSettings;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** How an exchange gets on, and whether that is too slow. */
final class Progress {
    enum Verdict {
        FINE,
        /** The whole takes too long. */
        TOTAL,
        /** The client sends its body too slowly. */
        CLIENT,
        /** Nothing happens on a stream that may last. */
        IDLE
    }

    private final HttpLimits limits;
    private final long started;
    private long timeoutNanos = Long.MAX_VALUE;

    /** When the last byte moved, as far as the ticks know. */
    private long movedAt;

    private boolean moved;
    private boolean streaming;

    /** Time that the client was waited for, and what it sent in it. */
    private long awaitedNanos;

    private long receivedBytes;
    private boolean awaitsClient;
    private long lastTick;

    Progress(HttpLimits limits, long nowNanos) {
        this.limits = limits;
        this.started = nowNanos;
        this.movedAt = nowNanos;
        this.lastTick = nowNanos;
    }

    void settings(ServiceSettings settings) {
        timeoutNanos = settings.requestTimeout().toNanos();
    }

    long duration(long nowNanos) {
        return nowNanos - started;
    }

    void moved() {
        moved = true;
    }

    void received(int bytes) {
        moved = true;
        receivedBytes += bytes;
    }

    void awaitsClient(boolean awaits) {
        awaitsClient = awaits;
    }

    /** A response that is made to last is not bound by the request's timeout. */
    void answered(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        if (type.startsWith("text/event-stream") || type.startsWith("application/grpc")) {
            streams();
        }
    }

    void streams() {
        streaming = true;
    }

    Verdict check(long now, boolean upgraded) {
        long sinceTick = now - lastTick;
        lastTick = now;
        if (moved) {
            moved = false;
            movedAt = now;
        }
        if (streaming) {
            return now - movedAt > limits.idleTimeout().toNanos() ? Verdict.IDLE : Verdict.FINE;
        }
        if (now - started > timeoutNanos) {
            return Verdict.TOTAL;
        }
        if (awaitsClient && !upgraded) {
            awaitedNanos += sinceTick;
            return isTooSlow(now) ? Verdict.CLIENT : Verdict.FINE;
        }
        return Verdict.FINE;
    }

    private boolean isTooSlow(long now) {
        long patience = limits.stallTimeout().toNanos();
        if (now - movedAt > patience) {
            return true;
        }
        long seconds = awaitedNanos / 1_000_000_000L;
        return awaitedNanos > patience && receivedBytes < seconds * limits.bodyBytesPerSecond();
    }
}
