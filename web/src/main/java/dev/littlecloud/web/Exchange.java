package dev.littlecloud.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** One request and its answer. For the thread that handles it only. */
public final class Exchange {
    private static final int MOST_DRAINED = 256 << 10;

    private final Request request;
    private final Response response;

    Exchange(Request request, Response response) {
        this.request = request;
        this.response = response;
    }

    public String method() {
        return request.getMethod();
    }

    /** The path with dot segments resolved, as sent otherwise: escapes are not undone. */
    public String rawPath() {
        String path = request.getHttpURI().getCanonicalPath();
        return path == null ? "/" : path;
    }

    /** The parts of the path between its slashes, escapes undone. */
    public List<String> pathSegments() {
        List<String> segments = new ArrayList<>();
        for (String part : rawPath().substring(1).split("/", -1)) {
            segments.add(unescaped(part));
        }
        return segments;
    }

    private static String unescaped(String part) {
        // URLDecoder is for forms, where a plus is a space; in a path it is itself.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The first value of a query parameter. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(Request.extractQueryParameters(request).getValue(name));
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** Bytes of the body as announced; -1 where it comes in chunks or there is none. */
    public long bodyLength() {
        return request.getLength();
    }

    /** The body, read as it arrives. */
    public InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /** Sets a header of the answer, before its first byte is sent. */
    public Exchange set(String header, String value) {
        response.getHeaders().put(header, value);
        return this;
    }

    /** Whether it is too late to answer something else. */
    public boolean isAnswered() {
        return response.isCommitted();
    }

    /** An answer without a body. */
    public void answer(int status) throws IOException {
        answer(status, new byte[0]);
    }

    /** An answer with a body; to a HEAD request only its length. */
    public void answer(int status, String contentType, byte[] body) throws IOException {
        set("Content-Type", contentType);
        answer(status, body);
    }

    private void answer(int status, byte[] body) throws IOException {
        finishBody();
        response.setStatus(status);
        if (status != 204 && status != 304) {
            set("Content-Length", Integer.toString(body.length));
        }
        boolean bodyWanted = body.length > 0 && !isHead();
        Content.Sink.write(
                response, true, bodyWanted ? ByteBuffer.wrap(body) : ByteBuffer.allocate(0));
    }

    /**
     * Reads what is left of the request, so that the connection can be used again. Where much is
     * left it is closed instead, and says so: a client must not send its next request into it.
     */
    private void finishBody() throws IOException {
        boolean mayBeLarge = bodyLength() > MOST_DRAINED || header("Expect").isPresent();
        if (mayBeLarge && request.consumeAvailable()) {
            return;
        }
        if (mayBeLarge || body().readNBytes(MOST_DRAINED).length == MOST_DRAINED) {
            set("Connection", "close");
        }
    }

    public boolean isHead() {
        return method().equals("HEAD");
    }

    /**
     * An answer that is written piece by piece; each write goes out at once. The caller closes the
     * stream.
     */
    public OutputStream stream(int status) {
        response.setStatus(status);
        return Content.Sink.asOutputStream(response);
    }
}
