package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Refusal;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;
import java.util.OptionalInt;

/** Sends requests that came without TLS to where there is TLS. */
final class Redirects {
    private static final int HTTPS_PORT = 443;
    private static final String FORWARDED_PROTO = "x-forwarded-proto";

    private Redirects() {}

    /** The redirection that answers a request; empty where a service is to answer it. */
    static Optional<FullHttpResponse> of(HttpRequest request, Front front) throws Refusal {
        OptionalInt port = front.gateway().redirectPort();
        Client client = front.client();
        HttpHeaders headers = request.headers();
        // Within the machine, and behind a balancer that decrypts, nobody listens in.
        boolean isSafe =
                client.secure()
                        || client.asked() != null
                        || (client.trusted() && "https".equals(headers.get(FORWARDED_PROTO)));
        if (port.isEmpty() || isSafe || !request.uri().startsWith("/")) {
            return Optional.empty();
        }
        String host = Hosts.name(headers.get(HttpHeaderNames.HOST, ""));
        String authority = port.getAsInt() == HTTPS_PORT ? host : host + ":" + port.getAsInt();
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.PERMANENT_REDIRECT,
                        Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.LOCATION, "https://" + authority + request.uri())
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        return Optional.of(response);
    }
}
