package dev.littlecloud.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A client that sends what it is told, byte for byte. */
final class RawClient implements AutoCloseable {
    final Socket socket;
    final InputStream in;

    /** A response, with its body as it was framed. */
    record Response(int status, List<String> fields, String body) {
        String field(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(field -> field.substring(start.length()).trim())
                    .findFirst()
                    .orElse("");
        }
    }

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(60_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Sends a request of HTTP/1.1 for the test's service. */
    RawClient get(String path, String... fields) throws IOException {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return send("GET " + path + " HTTP/1.1\r\nHost: app.localhost\r\n" + more + "\r\n");
    }

    Response response() throws IOException {
        return response(false);
    }

    Response response(boolean answersHead) throws IOException {
        String line = SampleProgram.line(in);
        if (!line.startsWith("HTTP/1.1 ")) {
            throw new IOException("no response but: " + line);
        }
        int status = Integer.parseInt(line.split(" ")[1]);
        List<String> fields = new ArrayList<>();
        for (String next = SampleProgram.line(in); !next.isEmpty(); next = SampleProgram.line(in)) {
            fields.add(next);
        }
        Response head = new Response(status, fields, "");
        boolean bodyless = answersHead || status < 200 || status == 204 || status == 304;
        return bodyless ? head : new Response(status, fields, body(head));
    }

    private String body(Response head) throws IOException {
        if (head.field("transfer-encoding").equals("chunked")) {
            StringBuilder body = new StringBuilder();
            for (int size = size(); size > 0; size = size()) {
                body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                SampleProgram.line(in);
            }
            for (String trailer = SampleProgram.line(in);
                    !trailer.isEmpty();
                    trailer = SampleProgram.line(in)) {
                body.append('[').append(trailer).append(']');
            }
            return body.toString();
        }
        String length = head.field("content-length");
        byte[] bytes =
                length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private int size() throws IOException {
        return Integer.parseInt(SampleProgram.line(in), 16);
    }

    String read(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side has closed; reads what is left. */
    boolean isClosed() throws IOException {
        try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return true;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
