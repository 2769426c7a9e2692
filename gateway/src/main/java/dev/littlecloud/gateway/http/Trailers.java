package dev.littlecloud.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.util.List;

/** What must not stand behind a body, because it would change how the message is read. */
final class Trailers {
    /** RFC 9110, 6.5.1. */
    static final List<AsciiString> FORBIDDEN =
            List.of(
                    HttpHeaderNames.CONTENT_LENGTH,
                    HttpHeaderNames.TRANSFER_ENCODING,
                    HttpHeaderNames.HOST,
                    HttpHeaderNames.TRAILER,
                    HttpHeaderNames.CONNECTION,
                    HttpHeaderNames.UPGRADE,
                    HttpHeaderNames.TE,
                    HttpHeaderNames.AUTHORIZATION,
                    HttpHeaderNames.COOKIE,
                    HttpHeaderNames.SET_COOKIE,
                    HttpHeaderNames.CONTENT_ENCODING,
                    HttpHeaderNames.CONTENT_TYPE,
                    HttpHeaderNames.CONTENT_RANGE,
                    HttpHeaderNames.EXPECT,
                    HttpHeaderNames.CACHE_CONTROL);

    private Trailers() {}
}
