package dev.littlecloud.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.TransportProtocol;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Learns from a PROXY header who is at the other end of a load balancer's connection. */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private final Door door;
    private final Duration timeout;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> deadline;

    ProxyHeader(Door door, Duration timeout) {
        this.door = door;
        this.timeout = timeout;
    }

    void await() {
        ChannelHandlerContext there = context;
        if (there != null) {
            deadline =
                    there.executor()
                            .schedule(
                                    () -> there.close(), timeout.toMillis(), TimeUnit.MILLISECONDS);
            there.read();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            // Bytes behind the header, for who comes next in the pipeline.
            here.fireChannelRead(message);
            return;
        }
        stopWaiting();
        try {
            door.enter(here, client(here, header));
        } catch (IllegalArgumentException noAddress) {
            here.close();
        } finally {
            ReferenceCountUtil.release(header);
        }
    }

    private static InetSocketAddress client(ChannelHandlerContext here, HAProxyMessage header) {
        InetSocketAddress peer = (InetSocketAddress) here.channel().remoteAddress();
        boolean told =
                header.command() == HAProxyCommand.PROXY
                        && header.proxiedProtocol().transportProtocol() == TransportProtocol.STREAM
                        && header.sourceAddress() != null;
        if (!told || header.sourceAddress() == null) {
            // A health check of the balancer itself: "LOCAL", or an unknown family.
            return peer;
        }
        var address = AddressRange.parse(String.valueOf(header.sourceAddress())).network();
        return new InetSocketAddress(address, header.sourcePort());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext here) {
        if (deadline != null) {
            here.read();
        }
        here.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext here) {
        stopWaiting();
        here.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
        // No PROXY header: who that is cannot be known, and nothing is answered.
        here.close();
    }

    private void stopWaiting() {
        Future<?> waiting = deadline;
        deadline = null;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
