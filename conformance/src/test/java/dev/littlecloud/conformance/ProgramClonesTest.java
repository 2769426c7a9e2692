package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers of demo images that were booted once and frozen, at work in their clones. */
class ProgramClonesTest {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    private static final Limits LIMITS = Limits.DEFAULT.withMemoryBytes(512L << 20);

    private static final String PYTHON =
            """
            import socketserver
            class Count(socketserver.StreamRequestHandler):
                asked = 0
                def handle(self):
                    Count.asked += int(self.rfile.readline())
                    self.wfile.write(b"%d so far" % Count.asked)
            class Server(socketserver.ThreadingTCPServer):
                allow_reuse_address = True
            Server(("", 8000), Count).serve_forever()
            """;

    private static final String NODE =
            """
            let asked = 0;
            require("http").createServer((request, response) => {
              asked += request.url.length - 1;
              response.end(`${asked} so far`);
            }).listen(8000);
            """;

    /** A server, what two requests to a clone are, and what their answers must contain. */
    private enum Server {
        NGINX("nginx", 80, List.of(), http("/"), "Welcome to nginx!", "Welcome to nginx!"),
        REDIS(
                "redis",
                6379,
                List.of(),
                "INCRBY counter 40\r\nEVAL 'return redis.call(\"incr\", KEYS[1])' 1 counter\r\nQUIT\r\n",
                ":40\r\n:41\r\n+OK",
                ":81\r\n:82\r\n+OK"),
        NODE_SERVER(
                "node", 8000, List.of("node", "-e", NODE), http("/abc"), "3 so far", "6 so far"),
        PYTHON_SERVER(
                "python", 8000, List.of("python3", "-c", PYTHON), "5\n", "5 so far", "10 so far"),
        POSTGRES(
                "postgres",
                5432,
                List.of(),
                "\0\0\0\51\0\3\0\0user\0postgres\0database\0postgres\0\0"
                        + query(
                                "create table if not exists kept (n int);"
                                        + "insert into kept select generate_series(1, 100);"
                                        + "select 'sum ' || sum(n) from kept")
                        + "X\0\0\0\4",
                "sum 5050",
                "sum 10100");

        private final String image;
        private final int port;
        private final List<String> command;
        private final String request;
        private final String first;
        private final String second;

        Server(
                String image,
                int port,
                List<String> command,
                String request,
                String first,
                String second) {
            this.image = image;
            this.port = port;
            this.command = command;
            this.request = request;
            this.first = first;
            this.second = second;
        }

        private static String http(String path) {
            return "GET %s HTTP/1.1\r\nHost: clone\r\nConnection: close\r\n\r\n".formatted(path);
        }

        /** Message Query of PostgreSQL's protocol. */
        private static String query(String text) {
            int length = text.length() + 5;
            return "Q\0\0" + (char) (length >> 8) + (char) (length & 0xFF) + text + "\0";
        }
    }

    private final DemoImages images = new DemoImages();

    @ParameterizedTest
    @EnumSource
    void worksInClones(Server server) throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
        ProcessSpec process = ProcessSpec.DEFAULT.withCommand(server.command);
        InstanceSpec spec = InstanceSpec.DEFAULT.withProcess(process).withLimits(LIMITS);
        try (Template template =
                        new LocalTemplates()
                                .boot(
                                        spec,
                                        images.get(server.image),
                                        new Readiness.Listens(server.port),
                                        DEADLINE);
                Clone one = template.start(CloneListener.NONE);
                Clone other = template.start(CloneListener.NONE)) {
            assertThat(ask(one, server)).contains(server.first);
            assertThat(ask(one, server)).contains(server.second);
            assertThat(ask(other, server)).contains(server.first);
        }
    }

    private static String ask(Clone clone, Server server) throws IOException {
        byte[] request = server.request.getBytes(StandardCharsets.ISO_8859_1);
        return TemplatesTest.exchange(clone, server.port, request);
    }
}
