package dev.littlecloud.cli.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A service of a demo image that ends its instance after each request.
 *
 * @param port of this machine that leads to it; 0 where its name does, as for HTTP
 * @param request what a client sends
 * @param end how the last bytes of the answer look
 */
record SleepingService(
        String name, Path image, List<String> words, int port, String request, String end) {
    private static final int MOST_BYTES = 1 << 16;
    private static final String PAGE_END = "</html>\n";
    private static final String HEAD_END = "\r\n\r\n";

    /** For the gateway to be done with the connection itself, and for the last wake to be over. */
    private static final long REST_NANOS = 20_000_000;

    static SleepingService nginx(Bench bench) throws UnavailableException {
        return http("nginx", bench, PAGE_END);
    }

    static SleepingService goHello(Bench bench) throws UnavailableException {
        return http("go-hello", bench, " cpus\n");
    }

    static SleepingService python(Bench bench) throws UnavailableException {
        String[] words = {"--port", "8000", "--", "python3", "-m", "http.server", "8000"};
        return http("python", bench, PAGE_END, words);
    }

    static SleepingService node(Bench bench) throws UnavailableException {
        String server = "require('http').createServer((q, s) => s.end('hello')).listen(8080)";
        return http("node", bench, "hello", "--port", "8080", "--", "node", "-e", server);
    }

    static SleepingService redis(Bench bench) throws UnavailableException, IOException {
        int port = Server.freePort();
        List<String> words =
                List.of("--port", "6379", "--protocol", "tcp", "--publish", String.valueOf(port));
        return new SleepingService(
                "redis", bench.imageFile("redis"), words, port, "PING\r\n", "+PONG\r\n");
    }

    /** A name that leads to no service. */
    static SleepingService nobody() {
        return new SleepingService("nobody", Path.of(""), List.of(), 0, request("nobody"), "\n");
    }

    private static String request(String name) {
        return "GET / HTTP/1.1\r\nHost: " + name + ".localhost" + HEAD_END;
    }

    private static SleepingService http(String name, Bench bench, String end, String... words)
            throws UnavailableException {
        return new SleepingService(
                name, bench.imageFile(name), List.of(words), 0, request(name), end);
    }

    /** The words behind {@code littlecloud deploy}. */
    String[] deployment() {
        List<String> all = new ArrayList<>(List.of(name, "docker-archive:" + image));
        // One for a request is not asked to end: nginx takes 45 ms of a processor for that.
        all.addAll(List.of("--isolation", "request", "--idle", "0s"));
        all.addAll(words);
        return all.toArray(String[]::new);
    }

    /**
     * Sends the request and reads the answer to its last byte.
     *
     * @param gatewayPort where HTTP services are
     * @return nanoseconds from the request's first byte; where the connection is what wakes the
     *     service, from its beginning
     */
    long ask(int gatewayPort) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
        InetSocketAddress address =
                new InetSocketAddress("127.0.0.1", port == 0 ? gatewayPort : port);
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (port == 0) {
                channel.connect(address);
            }
            LockSupport.parkNanos(REST_NANOS);
            long begin = System.nanoTime();
            if (port != 0) {
                channel.connect(address);
            }
            channel.write(ByteBuffer.wrap(bytes));
            while (!isComplete(answer)) {
                if (channel.read(answer) <= 0) {
                    throw new IOException("the answer was cut off: " + text(answer));
                }
            }
            return System.nanoTime() - begin;
        }
    }

    private boolean isComplete(ByteBuffer answer) {
        String text = text(answer);
        return text.endsWith(end) && !text.endsWith(HEAD_END);
    }

    private static String text(ByteBuffer answer) {
        return StandardCharsets.US_ASCII.decode(answer.duplicate().flip()).toString();
    }
}
