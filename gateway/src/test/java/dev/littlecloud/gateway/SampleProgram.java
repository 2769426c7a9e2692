package dev.littlecloud.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1.1 server whose path says what it does. */
final class SampleProgram implements StreamServer.Program {
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<String> paths = ConcurrentHashMap.newKeySet();

    /** Requests whose head has arrived. */
    int requests() {
        return requests.get();
    }

    /** Whether a request for a path has arrived. */
    boolean saw(String path) {
        return paths.contains(path);
    }

    /** A request's head. */
    private record Head(String line, List<String> fields) {
        String path() {
            return line.split(" ")[1];
        }

        String field(String name) {
            String start = name + ":";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(field -> field.substring(start.length()).trim())
                    .findFirst()
                    .orElse("");
        }
    }

    @Override
    public void serve(InputStream raw, OutputStream out) throws IOException {
        InputStream in = new BufferedInputStream(raw);
        while (true) {
            String line = line(in);
            if (line.isEmpty()) {
                return;
            }
            List<String> fields = new ArrayList<>();
            for (String next = line(in); !next.isEmpty(); next = line(in)) {
                fields.add(next);
            }
            Head head = new Head(line, fields);
            paths.add(head.path());
            requests.incrementAndGet();
            if (!answer(head, in, out)) {
                return;
            }
        }
    }

    /** Answers and says whether the connection stays open. */
    private static boolean answer(Head head, InputStream in, OutputStream out) throws IOException {
        switch (head.path().split("\\?")[0]) {
            case "/close" -> {
                return false;
            }
            case "/last" -> {
                text(out, "200 OK", "Connection: close\r\n", "the last one");
                return false;
            }
            case "/until-close" -> {
                write(out, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
                return false;
            }
            case "/truncated" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                return false;
            }
            case "/garbage" -> {
                write(out, "I am no HTTP\r\n\r\n");
                return false;
            }
            case "/silence" -> {
                return in.read() >= 0;
            }
            case "/empty" -> write(out, "HTTP/1.1 204 No Content\r\nX-Kept: yes\r\n\r\n");
            case "/hop" -> text(out, "200 OK", hopHeaders(), "hop");
            case "/early" -> {
                write(out, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
                text(out, "200 OK", "", "after hints");
            }
            case "/big" -> big(head, out);
            case "/events" -> events(in, out);
            case "/socket" -> {
                return socket(head, in, out);
            }
            case "/echo" -> echo(head, in, out);
            case "/reject" -> {
                text(out, "403 Forbidden", "Connection: close\r\n", "not read");
                return false;
            }
            default -> {
                body(head, in, OutputStream.nullOutputStream());
                text(
                        out,
                        "200 OK",
                        "Content-Type: text/plain\r\n",
                        head.line() + "\n" + String.join("\n", head.fields()) + "\n");
            }
        }
        return true;
    }

    private static String hopHeaders() {
        return "Connection: keep-alive, X-Secret\r\nKeep-Alive: timeout=5\r\nX-Secret: 1\r\n"
                + "Proxy-Authenticate: Basic\r\nX-Kept: yes\r\n";
    }

    private static void big(Head head, OutputStream out) throws IOException {
        long size = Long.parseLong(head.path().substring("/big?".length()));
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
        byte[] part = new byte[64 * 1024];
        for (long done = 0; done < size; done += part.length) {
            int length = (int) Math.min(part.length, size - done);
            for (int i = 0; i < length; i++) {
                part[i] = at(done + i);
            }
            out.write(part, 0, length);
        }
    }

    /** What a byte of a big body is. */
    static byte at(long position) {
        return (byte) (position * 31 + (position >> 16));
    }

    /** An event for each byte that comes, as a request's body that does not end. */
    private static void events(InputStream in, OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 1; i <= 3; i++) {
            chunk(out, ("data: " + i + "\n\n").getBytes(StandardCharsets.US_ASCII));
            // The next one only when the client has seen this one.
            line(in);
            if (line(in).isEmpty()) {
                return;
            }
        }
        write(out, "0\r\n\r\n");
    }

    private static boolean socket(Head head, InputStream in, OutputStream out) throws IOException {
        if (!head.field("connection").equalsIgnoreCase("upgrade")) {
            text(out, "400 Bad Request", "", "no upgrade");
            return true;
        }
        write(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                        + head.field("upgrade")
                        + "\r\n\r\nwelcome ");
        in.transferTo(out);
        return false;
    }

    private static void echo(Head head, InputStream in, OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
        OutputStream chunks =
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        chunk(out, new byte[] {(byte) octet});
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        chunk(out, java.util.Arrays.copyOfRange(bytes, offset, offset + length));
                    }
                };
        long count = body(head, in, chunks);
        write(out, "0\r\nX-Sum: " + count + "\r\n\r\n");
    }

    private static long body(Head head, InputStream in, OutputStream target) throws IOException {
        long count = 0;
        if (head.field("transfer-encoding").equalsIgnoreCase("chunked")) {
            for (int size = size(in); size > 0; size = size(in)) {
                copy(in, target, size);
                line(in);
                count += size;
            }
            while (!line(in).isEmpty()) {
                // trailers
            }
        } else if (!head.field("content-length").isEmpty()) {
            count = Long.parseLong(head.field("content-length"));
            copy(in, target, count);
        }
        return count;
    }

    private static int size(InputStream in) throws IOException {
        String size = line(in);
        if (size.isEmpty()) {
            throw new IOException("the body ends early");
        }
        return Integer.parseInt(size, 16);
    }

    private static void copy(InputStream in, OutputStream target, long length) throws IOException {
        byte[] part = new byte[16 * 1024];
        for (long left = length; left > 0; ) {
            int count = in.read(part, 0, (int) Math.min(part.length, left));
            if (count < 0) {
                throw new IOException("the body ends early");
            }
            target.write(part, 0, count);
            left -= count;
        }
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        byte[] start =
                (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[start.length + bytes.length + 2];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(bytes, 0, whole, start.length, bytes.length);
        whole[whole.length - 2] = '\r';
        whole[whole.length - 1] = '\n';
        out.write(whole);
    }

    private static void text(OutputStream out, String status, String headers, String body)
            throws IOException {
        write(
                out,
                "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
                        .formatted(status, headers, body.length(), body));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A line without its end; empty at the end of the stream, too. */
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
