package dev.littlecloud.gateway.tcp;

import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Leasing;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.stream.Dialer;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and one to an instance, joined. Until the instance is there, one read's worth
 * of the client's bytes waits here and the rest where it is. On the client's event loop.
 */
public final class Relay implements Leasing.Asker {
    private static final System.Logger LOG = System.getLogger(Relay.class.getName());

    private final EventLoop loop;
    private final Service service;
    private final Leasing leasing;
    private final GatewayMetrics metrics;
    private final Dialer dialer;
    private final InetSocketAddress client;
    private final Outcome outcome;
    private final long started = System.nanoTime();
    private final RelaySide front = new RelaySide(this);
    private final RelaySide back = new RelaySide(this);
    private boolean ended;

    /** Hears whether there is a connection to an instance. */
    public interface Outcome {
        void connected(boolean isThere);
    }

    private Relay(
            EventLoop loop,
            Service service,
            GatewayMetrics metrics,
            Dialer dialer,
            InetSocketAddress client,
            Outcome outcome) {
        this.outcome = outcome;
        this.service = service;
        this.metrics = metrics;
        this.dialer = dialer;
        this.client = client;
        this.loop = loop;
        this.leasing = new Leasing(service, metrics, loop, this);
        front.join(back);
        back.join(front);
    }

    /**
     * Joins a connection with one to {@code service}.
     *
     * @param client who connects, as the program will see it
     */
    public static void install(
            ChannelHandlerContext context,
            Service service,
            GatewayMetrics metrics,
            Dialer dialer,
            InetSocketAddress client) {
        install(context, service, metrics, dialer, client, isThere -> {});
    }

    /**
     * Joins a connection with one to {@code service}.
     *
     * @param client who connects, as the program will see it
     * @param outcome hears once whether that worked
     */
    public static void install(
            ChannelHandlerContext context,
            Service service,
            GatewayMetrics metrics,
            Dialer dialer,
            InetSocketAddress client,
            Outcome outcome) {
        Relay relay =
                new Relay(context.channel().eventLoop(), service, metrics, dialer, client, outcome);
        context.pipeline().addLast(relay.front);
        relay.front.readMore();
        relay.leasing.ask();
    }

    @Override
    public void leased(Lease lease) {
        ChannelFuture connecting = dialer.dial(loop, lease.backend(), client, true, back);
        connecting.addListener(unused -> connected(connecting));
    }

    @Override
    public void notLeased(@Nullable Throwable why) {
        fail(why);
    }

    private void connected(ChannelFuture connecting) {
        if (!connecting.isSuccess()) {
            fail(connecting.cause());
        } else if (ended) {
            connecting.channel().close();
        } else {
            outcome.connected(true);
            front.start();
            back.start();
        }
    }

    private void fail(@Nullable Throwable why) {
        if (!ended) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "no connection to {0}: {1}",
                    service.name(),
                    why == null ? "given up" : why.getMessage());
            outcome.connected(false);
            broken();
        }
    }

    /** Both directions are over. */
    void over() {
        end();
        front.close();
        back.close();
    }

    /** One side broke: so does the other. */
    void broken() {
        end();
        front.reset();
        back.reset();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        leasing.release();
        metrics.connection(service, front.received(), back.received(), System.nanoTime() - started);
    }
}
