package dev.littlecloud.gateway.stream;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;

/**
 * How the host's sockets are waited for.
 *
 * @param keepAlive how peers that are gone without a word are found out
 */
public record Transport(
        String name,
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> listener,
        Supplier<SocketChannel> socket,
        KeepAlive keepAlive) {
    /**
     * Options of a socket with SO_KEEPALIVE, see tcp(7).
     *
     * @param idle seconds of silence before the first probe
     * @param interval seconds between probes
     * @param count probes without an answer before the connection is broken
     */
    public record KeepAlive(
            ChannelOption<Integer> idle,
            ChannelOption<Integer> interval,
            ChannelOption<Integer> count) {}

    /** epoll where its library loads, the JDK's selector elsewhere. */
    public static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        "epoll",
                        EpollIoHandler.newFactory(),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel::new,
                        new KeepAlive(
                                EpollChannelOption.TCP_KEEPIDLE,
                                EpollChannelOption.TCP_KEEPINTVL,
                                EpollChannelOption.TCP_KEEPCNT))
                : selector();
    }

    public static Transport selector() {
        return new Transport(
                "selector",
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioSocketChannel::new,
                new KeepAlive(
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)));
    }
}
