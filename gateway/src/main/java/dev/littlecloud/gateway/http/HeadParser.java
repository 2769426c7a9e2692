package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads heads of HTTP/1 requests, RFC 9112, and nothing that two implementations might read in two
 * ways: that is how requests are smuggled past a gateway. Its lines end in CRLF; no folded lines, no
 * blank before a colon, one way to tell a body's length.
 */
final class HeadParser {
    /** How a request's body is framed, besides a length of 0 or more bytes. */
    static final long CHUNKED = -1;

    private final HttpLimits limits;
    private byte[] head = new byte[0];
    private int position;

    HeadParser(HttpLimits limits) {
        this.limits = limits;
    }

    /**
     * @param bytes request line and headers with their line ends, without the empty line
     */
    HttpRequest request(byte[] bytes) throws Refusal {
        head = bytes;
        position = 0;
        HttpMethod method = method();
        int targetStart = position;
        while (position < head.length && Octets.isTarget(head[position])) {
            position++;
        }
        if (position == targetStart) {
            throw bad("the request line has no target");
        }
        if (position - targetStart > limits.targetBytes()) {
            throw targetTooLong(limits);
        }
        String target =
                new String(head, targetStart, position - targetStart, StandardCharsets.ISO_8859_1);
        expect(' ', "the request line has a byte that no target has");
        HttpVersion version = version();
        HttpHeaders headers = fields();
        return withAuthority(new DefaultHttpRequest(version, method, target, headers));
    }

    /** Fields behind a chunked body. */
    HttpHeaders trailers(byte[] bytes) throws Refusal {
        head = bytes;
        position = 0;
        HttpHeaders trailers = fields();
        for (AsciiString name : Trailers.FORBIDDEN) {
            if (trailers.contains(name)) {
                throw bad("the trailers have a " + name);
            }
        }
        return trailers;
    }

    private HttpMethod method() throws Refusal {
        while (position < head.length && Octets.isToken(head[position])) {
            position++;
        }
        if (position == 0) {
            throw bad("the request line has no method");
        }
        if (position > 32) {
            throw new Refusal(Reason.NOT_IMPLEMENTED, "no method has such a long name");
        }
        String name = new String(head, 0, position, StandardCharsets.ISO_8859_1);
        expect(' ', "the method has a byte that no method has");
        return HttpMethod.valueOf(name);
    }

    private HttpVersion version() throws Refusal {
        int start = position;
        if (head.length - start < 10
                || head[start] != 'H'
                || head[start + 1] != 'T'
                || head[start + 2] != 'T'
                || head[start + 3] != 'P'
                || head[start + 4] != '/'
                || head[start + 6] != '.'
                || head[start + 8] != '\r'
                || head[start + 9] != '\n') {
            throw bad("the request line does not end in an HTTP version");
        }
        position = start + 10;
        byte minor = head[start + 7];
        if (head[start + 5] != '1' || minor < '0' || minor > '1') {
            throw new Refusal(
                    Reason.VERSION_NOT_SUPPORTED, "HTTP/1.0, HTTP/1.1 and HTTP/2 are understood");
        }
        return minor == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    }

    private void expect(char wanted, String otherwise) throws Refusal {
        if (position >= head.length || head[position] != wanted) {
            throw bad(otherwise);
        }
        position++;
    }

    private HttpHeaders fields() throws Refusal {
        // What is added has been looked at, byte by byte.
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        int count = 0;
        while (position < head.length) {
            if (++count > limits.headerCount()) {
                throw new Refusal(
                        Reason.HEADERS_TOO_LARGE,
                        "a request may have %d headers".formatted(limits.headerCount()));
            }
            field(headers);
        }
        return headers;
    }

    private void field(HttpHeaders headers) throws Refusal {
        int nameStart = position;
        while (position < head.length && Octets.isToken(head[position])) {
            position++;
        }
        int nameEnd = position;
        if (nameEnd == nameStart) {
            throw bad("a header line starts with a byte that no name has, or is folded");
        }
        expect(':', "a header's name has a byte that no name has");
        while (position < head.length && isBlank(head[position])) {
            position++;
        }
        int valueStart = position;
        while (position < head.length && Octets.isFieldValue(head[position])) {
            position++;
        }
        int valueEnd = position;
        expect('\r', "a header's value has a control character");
        expect('\n', "a carriage return stands alone");
        while (valueEnd > valueStart && isBlank(head[valueEnd - 1])) {
            valueEnd--;
        }
        headers.add(
                new AsciiString(head, nameStart, nameEnd - nameStart, false),
                new AsciiString(head, valueStart, valueEnd - valueStart, false));
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /** Makes sure of one Host, RFC 9112, 3.2, and of a target that starts with a slash. */
    private static HttpRequest withAuthority(HttpRequest request) throws Refusal {
        HttpHeaders headers = request.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            throw bad("a request has one Host");
        }
        String target = request.uri();
        if (target.startsWith("/")) {
            if (hosts.isEmpty() && request.protocolVersion().minorVersion() > 0) {
                throw bad("an HTTP/1.1 request has a Host");
            }
            return request;
        }
        if (target.equals("*") && request.method().equals(HttpMethod.OPTIONS)) {
            return request;
        }
        if (!target.regionMatches(true, 0, "http://", 0, 7)
                && !target.regionMatches(true, 0, "https://", 0, 8)) {
            throw request.method().equals(HttpMethod.CONNECT)
                    ? new Refusal(Reason.NOT_IMPLEMENTED, "this is no forward proxy")
                    : bad("a target starts with a slash");
        }
        int start = target.indexOf("//") + 2;
        int end = start;
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        headers.set(HttpHeaderNames.HOST, target.substring(start, end));
        String path = target.substring(end);
        return request.setUri(path.startsWith("/") ? path : "/" + path);
    }

    /** The length of the body that follows, or {@link #CHUNKED}. */
    static long bodyLength(HttpRequest request) throws Refusal {
        HttpHeaders headers = request.headers();
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw bad("a request has Content-Length or Transfer-Encoding, not both");
            }
            if (request.protocolVersion().minorVersion() == 0) {
                throw bad("HTTP/1.0 has no Transfer-Encoding");
            }
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new Refusal(
                        Reason.NOT_IMPLEMENTED, "the only Transfer-Encoding here is chunked");
            }
            return CHUNKED;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        String length = lengths.getFirst();
        if (lengths.size() > 1 || length.isEmpty() || length.length() > 18) {
            throw bad("a request has one Content-Length");
        }
        long value = 0;
        for (int i = 0; i < length.length(); i++) {
            int digit = length.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw bad("the Content-Length is no number");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    static Refusal targetTooLong(HttpLimits limits) {
        return new Refusal(
                Reason.TARGET_TOO_LONG,
                "a request's target may have %d bytes".formatted(limits.targetBytes()));
    }

    private static Refusal bad(String message) {
        return new Refusal(Reason.BAD_REQUEST, message);
    }
}
