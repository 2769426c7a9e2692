package dev.littlecloud.cli.bench;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.GuestStream;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A service of a demo image, frozen when it was ready.
 *
 * @param request what a client sends
 * @param end how the last bytes of the answer look
 */
record ServiceTemplate(Template template, int port, String request, String end)
        implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 1 << 16;
    private static final String GET =
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static final GuestStream.Listener NOBODY =
            new GuestStream.Listener() {
                @Override
                public void readable() {}

                @Override
                public void writable() {}
            };

    static ServiceTemplate nginx(Bench bench) throws Exception {
        return http(bench.image("nginx"), 80, List.of());
    }

    static ServiceTemplate goHello(Bench bench) throws Exception {
        return http(bench.image("go-hello"), 8080, List.of());
    }

    static ServiceTemplate python(Bench bench) throws Exception {
        return http(bench.image("python"), 8000, List.of("python3", "-m", "http.server", "8000"));
    }

    static ServiceTemplate node(Bench bench) throws Exception {
        String server = "require('http').createServer((q, s) => s.end('hello')).listen(8080)";
        return http(bench.image("node"), 8080, List.of("node", "-e", server));
    }

    static ServiceTemplate redis(Bench bench) throws Exception {
        return boot(bench.image("redis"), 6379, List.of(), "PING\r\n", "+PONG\r\n");
    }

    private static ServiceTemplate http(Image image, int port, List<String> command)
            throws InterruptedException {
        return boot(image, port, command, GET, "");
    }

    private static ServiceTemplate boot(
            Image image, int port, List<String> command, String request, String end)
            throws InterruptedException {
        InstanceSpec spec =
                InstanceSpec.DEFAULT.withProcess(
                        InstanceSpec.DEFAULT.process().withCommand(command));
        Template template =
                new LocalTemplates().boot(spec, image, new Readiness.Listens(port), DEADLINE);
        return new ServiceTemplate(template, port, request, end);
    }

    Clone start() {
        return template.start(CloneListener.NONE);
    }

    /** Sends the request and reads the answer to its last byte. */
    void exchange(Clone clone) throws IOException {
        InetSocketAddress peer = new InetSocketAddress("192.0.2.1", 40_000);
        try (ByteChannel channel = clone.connect(port, peer, NOBODY).blocking()) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
            while (channel.read(answer) >= 0 && !isComplete(answer)) {
                if (!answer.hasRemaining()) {
                    answer.clear();
                }
            }
            if (answer.position() == 0) {
                throw new IOException("no answer of a clone");
            }
        }
    }

    private boolean isComplete(ByteBuffer answer) {
        String text = StandardCharsets.US_ASCII.decode(answer.duplicate().flip()).toString();
        return !end.isEmpty() && text.endsWith(end);
    }

    @Override
    public void close() {
        template.close();
    }
}
