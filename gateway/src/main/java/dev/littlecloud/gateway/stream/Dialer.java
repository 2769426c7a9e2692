package dev.littlecloud.gateway.stream;

import dev.littlecloud.gateway.service.Backend;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Opens connections to back ends, on the event loop of the client's connection. */
public record Dialer(Transport transport, Duration timeout) {
    /**
     * @param peer who connects, as a guest will see it
     * @param keepsHalfOpen whether the end of the back end's bytes is told as an event
     */
    public ChannelFuture dial(
            EventLoop loop,
            Backend backend,
            InetSocketAddress peer,
            boolean keepsHalfOpen,
            ChannelHandler handler) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .handler(handler)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis());
        // As in Exchange: a switch over types would make a class while a first request waits.
        if (backend instanceof Backend.Guest(var acceptor)) {
            bootstrap.channelFactory(() -> new StreamChannel(acceptor, peer, keepsHalfOpen));
            return bootstrap.connect(StreamChannel.address());
        }
        bootstrap
                .channelFactory(transport.socket()::get)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, keepsHalfOpen);
        return bootstrap.connect(((Backend.Host) backend).address());
    }
}
