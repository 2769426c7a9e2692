package dev.littlecloud.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;

/** Changes a connection from HTTP/1.1 to HTTP/2 where its first request asks for it: RFC 7540, 3.2. */
final class Http2Upgrade {
    private Http2Upgrade() {}

    static boolean isWanted(FullHttpRequest request) {
        HttpHeaders headers = request.headers();
        return headers.containsValue(
                        HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, true)
                && headers.getAll(Http2CodecUtil.HTTP_UPGRADE_SETTINGS_HEADER).size() == 1;
    }

    /**
     * @param front whose handlers, it included, are replaced
     */
    static void perform(
            ChannelHandlerContext front,
            RequestDecoder decoder,
            ResponseEncoder encoder,
            HttpGateway gateway,
            Client client,
            FullHttpRequest request) {
        Http2FrameCodec codec = Http2Connection.codec(gateway.limits());
        HttpServerUpgradeHandler.SourceCodec before =
                context -> {
                    context.pipeline().remove(encoder);
                    context.pipeline().remove(front.handler());
                };
        HttpServerUpgradeHandler upgrade =
                new HttpServerUpgradeHandler(
                        before,
                        protocol ->
                                new Http2ServerUpgradeCodec(
                                        codec, Http2Connection.streams(gateway, client)));
        front.pipeline().addBefore(front.name(), null, upgrade);
        ChannelHandlerContext encoding = front.pipeline().context(encoder);
        // Netty's handler collects the parts of requests, and lets whole ones pass.
        encoding.fireChannelRead(
                new DefaultHttpRequest(
                        request.protocolVersion(),
                        request.method(),
                        request.uri(),
                        request.headers()));
        encoding.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        if (front.pipeline().context(codec) != null) {
            Http2Connection.follow(front.channel(), gateway, codec);
            // Last, because the bytes that it holds are for the new codec.
            front.pipeline().remove(decoder);
        }
    }
}
