package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.stream.Dialer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;

/** What all HTTP connections share. */
public final class HttpGateway {
    private final Routes routes;
    private final HttpLimits limits;
    private final GatewayMetrics metrics;
    private final Dialer dialer;

    /** What connections of one event loop share. */
    record Local(Watch watch, BackPool pool) {}

    private final FastThreadLocal<Local> locals = new FastThreadLocal<>();

    public HttpGateway(Routes routes, HttpLimits limits, GatewayMetrics metrics, Dialer dialer) {
        this.routes = routes;
        this.limits = limits;
        this.metrics = metrics;
        this.dialer = dialer;
    }

    Routes routes() {
        return routes;
    }

    HttpLimits limits() {
        return limits;
    }

    GatewayMetrics metrics() {
        return metrics;
    }

    /** On {@code loop}. */
    Local local(EventLoop loop) {
        Local local = locals.get();
        if (local == null) {
            Watch watch = new Watch(loop);
            local = new Local(watch, new BackPool(loop, watch, dialer, limits));
            locals.set(local);
        }
        return local;
    }
}
