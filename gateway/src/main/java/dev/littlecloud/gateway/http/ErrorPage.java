package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says why there is no answer of the service, in the form that the client reads. */
final class ErrorPage {
    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
    private static final String RETRY_SECONDS = "1";

    private ErrorPage() {}

    /**
     * @param asked the request's headers, as far as they were understood
     */
    static FullHttpResponse of(Refusal refusal, @Nullable HttpHeaders asked, String id) {
        String contentType = header(asked, HttpHeaderNames.CONTENT_TYPE);
        FullHttpResponse response =
                contentType.startsWith("application/grpc")
                        ? grpc(refusal, contentType)
                        : page(refusal, header(asked, HttpHeaderNames.ACCEPT), id);
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(RequestIds.HEADER, id);
        if (refusal.reason().status() == HttpResponseStatus.SERVICE_UNAVAILABLE.code()) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS);
        }
        return response;
    }

    /** A plain answer of the gateway's own. */
    static FullHttpResponse text(String text) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.length());
        return response;
    }

    private static String header(@Nullable HttpHeaders asked, AsciiString name) {
        String value = asked == null ? null : asked.get(name);
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }

    private static FullHttpResponse page(Refusal refusal, String accept, String id) {
        Reason reason = refusal.reason();
        String type;
        String text;
        if (prefers(accept, "application/json", "text/html")) {
            type = "application/json";
            text =
                    "{\"code\":\"%s\",\"message\":\"%s\",\"details\":{\"status\":%d,\"requestId\":\"%s\"}}\n"
                            .formatted(
                                    reason.code(), json(refusal.getMessage()), reason.status(), id);
        } else if (accept.contains("text/html")) {
            type = "text/html; charset=utf-8";
            text = html(refusal, id);
        } else {
            type = "text/plain; charset=utf-8";
            text =
                    "%d %s: %s\nrequest %s\n"
                            .formatted(reason.status(), reason.code(), refusal.getMessage(), id);
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        new HttpResponseStatus(reason.status(), reason.phrase()),
                        Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        return response;
    }

    /** Whether {@code accept} names {@code one}, and before {@code other} if it names both. */
    private static boolean prefers(String accept, String one, String other) {
        int found = accept.indexOf(one);
        int against = accept.indexOf(other);
        return found >= 0 && (against < 0 || found < against);
    }

    private static String html(Refusal refusal, String id) {
        Reason reason = refusal.reason();
        return """
        <!doctype html><meta charset="utf-8"><title>%1$d %2$s</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:40em;padding:0 1em}
        small{color:#666}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}</style>
        <h1>%1$d %2$s</h1><p>%3$s</p><p><small>%4$s · request %5$s</small></p>
        """
                .formatted(
                        reason.status(),
                        reason.phrase(),
                        escaped(refusal.getMessage()),
                        reason.code(),
                        id);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String json(String text) {
        StringBuilder quoted = new StringBuilder();
        text.chars()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                quoted.append('\\').append((char) c);
                            } else if (c < ' ') {
                                quoted.append("\\u%04x".formatted(c));
                            } else {
                                quoted.append((char) c);
                            }
                        });
        return quoted.toString();
    }

    /** A response of trailers only, as gRPC has it: the status of HTTP stays 200. */
    private static FullHttpResponse grpc(Refusal refusal, String contentType) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(GRPC_STATUS, String.valueOf(grpcStatus(refusal.reason())))
                .set(GRPC_MESSAGE, percentEncoded(refusal.getMessage()));
        return response;
    }

    /** The mapping of gRPC's document "HTTP to gRPC Status Code Mapping", and timeouts as such. */
    private static int grpcStatus(Reason reason) {
        return switch (reason) {
            case UNKNOWN_HOST, MISDIRECTED, NOT_IMPLEMENTED, VERSION_NOT_SUPPORTED -> 12;
            case REQUEST_TIMEOUT, START_TIMEOUT, CONNECT_TIMEOUT, RESPONSE_TIMEOUT -> 4;
            case BODY_TOO_LARGE, HEADERS_TOO_LARGE, TARGET_TOO_LONG -> 8;
            case BAD_REQUEST -> 13;
            case NOT_LISTENING,
                    CONNECTION_LOST,
                    BAD_RESPONSE,
                    START_FAILED,
                    CRASH_LOOP,
                    OVERLOADED,
                    ENDING ->
                    14;
        };
    }

    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet >= ' ' && octet < 0x7F && octet != '%') {
                encoded.append((char) octet);
            } else {
                encoded.append("%%%02X".formatted(octet));
            }
        }
        return encoded.toString();
    }
}
