package dev.littlecloud.gateway.stream;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.function.Supplier;

/** How the host's sockets are waited for. */
public record Transport(
        String name,
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> listener,
        Supplier<SocketChannel> socket) {
    /** epoll where its library loads, the JDK's selector elsewhere. */
    public static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        "epoll",
                        EpollIoHandler.newFactory(),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel::new)
                : selector();
    }

    public static Transport selector() {
        return new Transport(
                "selector",
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioSocketChannel::new);
    }
}
