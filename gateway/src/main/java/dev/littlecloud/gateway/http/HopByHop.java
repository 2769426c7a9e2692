package dev.littlecloud.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.StringTokenizer;

/** Headers that concern one connection and are not passed on: RFC 9110, 7.6.1. */
final class HopByHop {
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    private static final List<AsciiString> REMOVED =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    HttpHeaderNames.PROXY_AUTHENTICATE,
                    HttpHeaderNames.PROXY_AUTHORIZATION,
                    HttpHeaderNames.TRANSFER_ENCODING,
                    HttpHeaderNames.UPGRADE,
                    HTTP2_SETTINGS);

    /** What carries a message's meaning cannot be declared a connection's business. */
    private static final List<AsciiString> KEPT =
            List.of(
                    HttpHeaderNames.HOST,
                    HttpHeaderNames.CONTENT_LENGTH,
                    HttpHeaderNames.CONTENT_TYPE,
                    HttpHeaderNames.AUTHORIZATION,
                    HttpHeaderNames.COOKIE,
                    HttpHeaderNames.SET_COOKIE,
                    // What may stay of it is seen to apart.
                    HttpHeaderNames.TE,
                    RequestIds.HEADER);

    private HopByHop() {}

    /** Whether one of the values of Connection is {@code option}. */
    static boolean hasOption(HttpHeaders headers, AsciiString option) {
        return headers.containsValue(HttpHeaderNames.CONNECTION, option, true);
    }

    static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            stripNamed(headers);
        }
        if (headers.contains(HttpHeaderNames.TE)) {
            boolean trailers =
                    headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
            headers.remove(HttpHeaderNames.TE);
            if (trailers) {
                headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            }
        }
        for (AsciiString name : REMOVED) {
            headers.remove(name);
        }
    }

    private static void stripNamed(HttpHeaders headers) {
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            StringTokenizer options = new StringTokenizer(value, ", \t");
            while (options.hasMoreTokens()) {
                String option = options.nextToken();
                if (!isKept(option)) {
                    headers.remove(option);
                }
            }
        }
    }

    private static boolean isKept(String option) {
        for (AsciiString name : KEPT) {
            if (name.contentEqualsIgnoreCase(option)) {
                return true;
            }
        }
        return false;
    }
}
