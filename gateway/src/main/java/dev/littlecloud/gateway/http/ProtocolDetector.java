package dev.littlecloud.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;

/** Tells HTTP/2 by prior knowledge from HTTP/1 by a connection's first bytes. */
final class ProtocolDetector extends ByteToMessageDecoder implements Watch.Watched {
    private final HttpGateway gateway;
    private final Client client;
    private final ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    private final long since = System.nanoTime();
    private final ChannelHandlerContext context;

    private ProtocolDetector(HttpGateway gateway, Client client, ChannelHandlerContext context) {
        this.gateway = gateway;
        this.client = client;
        this.context = context;
    }

    static void install(ChannelHandlerContext before, HttpGateway gateway, Client client) {
        ProtocolDetector detector = new ProtocolDetector(gateway, client, before);
        before.pipeline().addLast(detector);
        detector.watch().add(detector);
        before.channel().read();
    }

    private Watch watch() {
        return gateway.local(context.channel().eventLoop()).watch();
    }

    @Override
    protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
        int length = Math.min(in.readableBytes(), preface.readableBytes());
        boolean same = true;
        for (int i = 0; i < length && same; i++) {
            same = in.getByte(in.readerIndex() + i) == preface.getByte(preface.readerIndex() + i);
        }
        if (same && length < preface.readableBytes()) {
            here.read();
            return;
        }
        if (same) {
            Http2Connection.install(here, gateway, client);
        } else {
            Http1Front.install(here, gateway, client);
        }
        here.pipeline().remove(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext here) {
        watch().remove(this);
        preface.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
        here.close();
    }

    @Override
    public void tick(long nowNanos) {
        if (nowNanos - since > gateway.limits().headTimeout().toNanos()) {
            context.channel().close();
        }
    }
}
