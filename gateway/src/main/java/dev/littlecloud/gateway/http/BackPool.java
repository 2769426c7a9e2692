package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.stream.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Connections of one event loop to back ends, kept for the next request. */
final class BackPool implements Watch.Watched {
    private static final int MOST_IDLE = 256;
    private static final long IDLE_NANOS = 20_000_000_000L;

    private final EventLoop loop;
    private final Watch watch;
    private final Dialer dialer;
    private final HttpDecoderConfig decoding;
    private final HttpLimits limits;

    /** The one that was used last is at the front: it is the least likely to be closed. */
    private final Map<Backend, ArrayDeque<BackConnection>> idle = new HashMap<>();

    private final Map<Backend, Http2Link> links = new HashMap<>();

    BackPool(EventLoop loop, Watch watch, Dialer dialer, HttpLimits limits) {
        this.loop = loop;
        this.watch = watch;
        this.dialer = dialer;
        this.limits = limits;
        this.decoding =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.headBytes())
                        .setMaxHeaderSize(limits.headBytes())
                        .setMaxChunkSize(64 * 1024)
                        .setValidateHeaders(false);
    }

    /** A connection that was kept; null where there is none that is still open. */
    @Nullable BackConnection take(Backend backend) {
        ArrayDeque<BackConnection> kept = idle.get(backend);
        while (kept != null && !kept.isEmpty()) {
            BackConnection connection = kept.pop();
            if (kept.isEmpty()) {
                forget(backend);
            }
            if (connection.channel().isActive()) {
                return connection;
            }
        }
        return null;
    }

    /** Keeps a connection whose last response is complete. */
    void give(BackConnection connection) {
        ArrayDeque<BackConnection> kept =
                idle.computeIfAbsent(connection.backend(), unused -> new ArrayDeque<>());
        if (kept.size() >= MOST_IDLE) {
            connection.channel().close();
            return;
        }
        connection.idleSince(System.nanoTime());
        kept.push(connection);
        watch.add(this);
    }

    /** A kept connection was closed by the other side. */
    void remove(BackConnection connection) {
        ArrayDeque<BackConnection> kept = idle.get(connection.backend());
        if (kept != null && kept.remove(connection) && kept.isEmpty()) {
            forget(connection.backend());
        }
    }

    private void forget(Backend backend) {
        idle.remove(backend);
        if (idle.isEmpty()) {
            watch.remove(this);
        }
    }

    @Override
    public void tick(long nowNanos) {
        for (Map.Entry<Backend, ArrayDeque<BackConnection>> entry : List.copyOf(idle.entrySet())) {
            ArrayDeque<BackConnection> kept = entry.getValue();
            while (!kept.isEmpty() && nowNanos - kept.getLast().idleSince() > IDLE_NANOS) {
                // A channel tells that it is closed only later.
                kept.removeLast().channel().close();
            }
            if (kept.isEmpty()) {
                forget(entry.getKey());
            }
        }
    }

    /** Opens a connection for one request at a time. */
    void connect(
            Backend backend,
            InetSocketAddress peer,
            BiConsumer<@Nullable BackConnection, @Nullable Throwable> done) {
        BackConnection connection = new BackConnection(this, backend);
        ChannelInitializer<Channel> pipeline =
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec(decoding, false, false), connection);
                    }
                };
        dialer.dial(loop, backend, peer, false, pipeline)
                .addListener(
                        future -> {
                            if (future.isSuccess()) {
                                done.accept(connection, null);
                            } else {
                                done.accept(null, future.cause());
                            }
                        });
    }

    /** Opens a stream on the HTTP/2 connection to a back end, which is opened where there is none. */
    void openStream(
            Backend backend,
            InetSocketAddress peer,
            BiConsumer<@Nullable BackConnection, @Nullable Throwable> done) {
        Http2Link link = links.get(backend);
        if (link == null || !link.takesStreams()) {
            link = new Http2Link(this, backend, limits);
            links.put(backend, link);
            link.dial(dialer, loop, peer);
        }
        link.open(done);
    }

    void closed(Http2Link link) {
        links.remove(link.backend(), link);
    }
}
