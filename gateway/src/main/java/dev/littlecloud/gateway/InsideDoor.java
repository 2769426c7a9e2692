package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.Client;
import dev.littlecloud.gateway.http.HttpConnections;
import dev.littlecloud.gateway.http.HttpGateway;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import dev.littlecloud.gateway.stream.Dialer;
import dev.littlecloud.gateway.stream.StreamChannel;
import dev.littlecloud.gateway.stream.StreamEnd;
import dev.littlecloud.gateway.tcp.Relay;
import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** Takes connections that programs in instances make to services. */
record InsideDoor(
        Connections connections, HttpGateway http, GatewayMetrics metrics, Dialer dialer) {
    /**
     * Opens a connection. Returns at once; any thread.
     *
     * @param loop what the connection is carried by
     * @param from where it comes from, as the service sees it
     */
    HostStream open(
            EventLoop loop,
            Service service,
            Protocol protocol,
            InetSocketAddress from,
            Runnable whenClosed) {
        boolean isHttp = protocol != Protocol.TCP;
        StreamChannel channel = StreamChannel.incoming(loop, from, !isHttp);
        StreamEnd end = channel.programsEnd();
        if (!isHttp) {
            // Who speaks HTTP is told by a response why there is no instance; others by connect(2).
            end.connecting();
        }
        channel.pipeline().addLast(new Entry(this, service, from, end, isHttp));
        channel.closeFuture().addListener(closed -> whenClosed.run());
        StreamEnd.later(
                loop,
                () -> {
                    ChannelFuture unused = loop.register(channel);
                });
        return end;
    }

    /** One connection, until its pipeline is set up. */
    private static final class Entry extends ChannelInboundHandlerAdapter {
        private final InsideDoor door;
        private final Service service;
        private final InetSocketAddress from;
        private final StreamEnd end;
        private final boolean isHttp;

        Entry(
                InsideDoor door,
                Service service,
                InetSocketAddress from,
                StreamEnd end,
                boolean isHttp) {
            this.door = door;
            this.service = service;
            this.from = from;
            this.end = end;
            this.isHttp = isHttp;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!door.connections.admit(context)) {
                end.connected(Errno.ECONNREFUSED);
            } else if (isHttp) {
                Client client = Client.of(from, false, false).asking(service);
                HttpConnections.plain(context, door.http, client);
            } else {
                Relay.install(
                        context,
                        service,
                        door.metrics,
                        door.dialer,
                        from,
                        isThere -> end.connected(isThere ? 0 : Errno.ECONNREFUSED));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
