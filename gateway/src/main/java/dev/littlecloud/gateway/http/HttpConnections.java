package dev.littlecloud.gateway.http;

import io.netty.channel.ChannelHandlerContext;

/** Makes connections ones of HTTP. Call on the connection's event loop. */
public final class HttpConnections {
    private HttpConnections() {}

    /** A connection without TLS: its first bytes tell the version. */
    public static void plain(ChannelHandlerContext context, HttpGateway gateway, Client client) {
        ProtocolDetector.install(context, gateway, client);
    }

    /** A connection of HTTP/1.1. */
    public static void http1(ChannelHandlerContext context, HttpGateway gateway, Client client) {
        Http1Front.install(context, gateway, client);
    }

    /** A connection of HTTP/2, as TLS has agreed with the client. */
    public static void http2(ChannelHandlerContext context, HttpGateway gateway, Client client) {
        Http2Connection.install(context, gateway, client);
    }
}
