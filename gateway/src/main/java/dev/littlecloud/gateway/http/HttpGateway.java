package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.tls.AcmeChallenges;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.OptionalInt;

/** What all HTTP connections share. */
public final class HttpGateway {
    private final Routes routes;
    private final HttpLimits limits;
    private final GatewayMetrics metrics;
    private final Dialer dialer;
    private final AcmeChallenges challenges;
    private final OptionalInt redirectPort;

    /** What connections of one event loop share. */
    record Local(Watch watch, BackPool pool) {}

    private final FastThreadLocal<Local> locals = new FastThreadLocal<>();

    /**
     * @param challenges what is answered before any service
     * @param redirectPort where requests without TLS are sent; empty to answer them
     */
    public HttpGateway(
            Routes routes,
            HttpLimits limits,
            GatewayMetrics metrics,
            Dialer dialer,
            AcmeChallenges challenges,
            OptionalInt redirectPort) {
        this.redirectPort = redirectPort;
        this.routes = routes;
        this.limits = limits;
        this.metrics = metrics;
        this.dialer = dialer;
        this.challenges = challenges;
    }

    Routes routes() {
        return routes;
    }

    AcmeChallenges challenges() {
        return challenges;
    }

    OptionalInt redirectPort() {
        return redirectPort;
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
