package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gateway changes in the headers of requests and responses. */
final class Forwarding {
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

    /** Netty's own notes in headers; from a client they would be orders to Netty. */
    private static final List<ExtensionHeaderNames> NOTES = List.of(ExtensionHeaderNames.values());

    private Forwarding() {}

    /** The protocol that a request asks to change to, where its service may do that. */
    static @Nullable String wantedUpgrade(HttpRequest request, Service service) {
        HttpHeaders headers = request.headers();
        boolean wanted =
                service.settings().protocol() == Protocol.HTTP1
                        && HopByHop.hasOption(headers, HttpHeaderValues.UPGRADE);
        String protocol = wanted ? headers.get(HttpHeaderNames.UPGRADE) : null;
        return protocol == null || protocol.toLowerCase(Locale.ROOT).startsWith("h2")
                ? null
                : protocol;
    }

    /**
     * Makes a client's request what the service gets.
     *
     * @param upgrade the protocol that the client wants to change to and may
     */
    static void request(
            HttpRequest request,
            Client client,
            String id,
            boolean chunked,
            @Nullable String upgrade) {
        HttpHeaders headers = request.headers();
        HopByHop.strip(headers);
        for (ExtensionHeaderNames note : NOTES) {
            headers.remove(note.text());
        }
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (upgrade != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, upgrade);
        }
        forwarded(headers, client);
        headers.set(RequestIds.HEADER, id);
    }

    private static void forwarded(HttpHeaders headers, Client client) {
        String host = headers.get(HttpHeaderNames.HOST, "");
        String element =
                "for=" + client.forwardedFor() + ";host=\"" + host + "\";proto=" + client.scheme();
        if (client.trusted()) {
            append(headers, FORWARDED_FOR, client.ip());
            append(headers, FORWARDED, element);
            setIfAbsent(headers, FORWARDED_HOST, host);
            setIfAbsent(headers, FORWARDED_PROTO, client.scheme());
        } else {
            headers.set(FORWARDED_FOR, client.ip());
            headers.set(FORWARDED, element);
            headers.set(FORWARDED_HOST, host);
            headers.set(FORWARDED_PROTO, client.scheme());
        }
    }

    private static void append(HttpHeaders headers, AsciiString name, String value) {
        List<String> before = headers.getAll(name);
        headers.set(name, before.isEmpty() ? value : String.join(", ", before) + ", " + value);
    }

    private static void setIfAbsent(HttpHeaders headers, AsciiString name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }

    /** Makes a service's response what the client gets, its framing excepted. */
    static void response(HttpResponse response, String id) {
        HttpHeaders headers = response.headers();
        HopByHop.strip(headers);
        for (ExtensionHeaderNames note : NOTES) {
            headers.remove(note.text());
        }
        headers.set(RequestIds.HEADER, id);
    }

    /**
     * Looks at a request that came by HTTP/2 as {@link HeadParser} looks at others: what could mean
     * something else once it is written as HTTP/1 is refused.
     */
    static void check(HttpRequest request, HttpLimits limits) throws Refusal {
        if (!Octets.isToken(request.method().name())) {
            throw new Refusal(Reason.BAD_REQUEST, "the method has a byte that no method has");
        }
        String target = request.uri();
        if (target.length() > limits.targetBytes()) {
            throw HeadParser.targetTooLong(limits);
        }
        if (!Octets.isTarget(target) || !(target.startsWith("/") || target.equals("*"))) {
            throw new Refusal(Reason.BAD_REQUEST, "a target starts with a slash");
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > limits.headerCount()) {
            throw new Refusal(
                    Reason.HEADERS_TOO_LARGE,
                    "a request may have %d headers".formatted(limits.headerCount()));
        }
        if (headers.getAll(HttpHeaderNames.HOST).size() != 1) {
            throw new Refusal(Reason.BAD_REQUEST, "a request has one authority");
        }
        for (Map.Entry<String, String> header : headers) {
            if (!Octets.isToken(header.getKey()) || !Octets.isFieldValue(header.getValue())) {
                throw new Refusal(Reason.BAD_REQUEST, "a header has a byte that none has");
            }
        }
    }
}
