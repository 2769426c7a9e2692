package dev.littlecloud.gateway;

import dev.littlecloud.gateway.http.Client;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetSocketAddress;

/** Takes the connections of a listener: counts them, learns who connects, and passes them on. */
@Sharable
final class Door extends ChannelInboundHandlerAdapter {
    /** What a listener is for. */
    interface Guide {
        /** Sets up the pipeline of a connection; then reads. */
        void lead(ChannelHandlerContext context, Client client);
    }

    private final GatewayConfig config;
    private final Connections connections;
    private final Guide guide;

    Door(GatewayConfig config, Connections connections, Guide guide) {
        this.config = config;
        this.connections = connections;
        this.guide = guide;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!connections.admit(context)) {
            return;
        }
        InetSocketAddress peer = (InetSocketAddress) context.channel().remoteAddress();
        if (config.startsWithHeader(peer.getAddress())) {
            ProxyHeader header = new ProxyHeader(this, config.limits().headTimeout());
            context.pipeline().addLast(new HAProxyMessageDecoder(), header);
            header.await();
        } else {
            enter(context, peer);
        }
    }

    /** Passes a connection on whose client is known. */
    void enter(ChannelHandlerContext context, InetSocketAddress client) {
        boolean trusted = config.isTrusted(client.getAddress());
        guide.lead(context, Client.of(client, false, trusted));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
