package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.PortMapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server beside a hostile instance of the same process answers throughout. */
class NeighbourTest {
    private static final int REQUESTS = 20;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern UNDER_WAY = Pattern.compile("(?:held|refused) ");
    private static final Limits LIMITS = Limits.DEFAULT.withMemoryBytes(24 << 20).withTaskCount(64);

    @ParameterizedTest
    @CsvSource({
        "memory_bombs, pages",
        "memory_bombs, page_tables",
        "memory_bombs, areas_of_children",
        "memory_bombs, root_file",
        "object_bombs, pipes",
        "object_bombs, epoll_interests",
        "socket_bombs, tcp_streams",
        "socket_bombs, outbound",
        "task_bombs, forks",
        "task_bombs, threads",
        "task_bombs, execs",
    })
    void answersThroughout(String program, String bomb) throws Exception {
        int port = freePort();
        try (HostileInstance server =
                        new HostileInstance(
                                Suite.get().image(),
                                LIMITS,
                                List.of(PortMapping.parse("127.0.0.1:" + port + ":80")),
                                "/bin/busybox",
                                "httpd",
                                "-f",
                                "-h",
                                "/etc");
                HttpClient client = HttpClient.newHttpClient()) {
            String before = awaitAnswer(client, port);
            int answered = 0;
            try (HostileInstance hostile =
                    new HostileInstance(
                            Suite.get().image(),
                            LIMITS,
                            List.of(),
                            "/conformance/hostile/" + program,
                            bomb)) {
                boolean underWay = false;
                while (answered < REQUESTS || !underWay) {
                    assertThat(ask(client, port)).isEqualTo(before);
                    answered++;
                    underWay |= hostile.hasEnded() || UNDER_WAY.matcher(hostile.output()).find();
                }
            }
            assertThat(ask(client, port)).isEqualTo(before);
            assertThat(server.hasEnded()).isFalse();
            System.out.printf("neighbour of %s: %d answers%n", bomb, answered);
        }
    }

    private static String ask(HttpClient client, int port) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/passwd"))
                        .timeout(DEADLINE)
                        .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /** The first answer; the server may not listen yet. */
    private static String awaitAnswer(HttpClient client, int port) throws Exception {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                return ask(client, port);
            } catch (IOException notYet) {
                if (System.nanoTime() > until) {
                    throw notYet;
                }
                Thread.sleep(5);
            }
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
