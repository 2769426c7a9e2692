package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.runtime.host.KvmAccess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers of demo images, as their image starts them, asked from the host and from each other. */
class PublishedServersTest {
    private static final int SIGQUIT = 3;
    private static final int SIGTERM = 15;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String CADDY =
            "HOME=/tmp exec caddy reverse-proxy --from :8081 --to %s:%d";

    private final DemoImages images = new DemoImages();

    @BeforeEach
    void needsKvm() {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
    }

    @Test
    void nginxServesItsPageAndStopsAsAsked() throws Exception {
        try (PublishedInstance instance =
                new PublishedInstance(images.get("nginx"), List.of(), 80)) {
            for (String page : pages(instance.port(), 100)) {
                assertThat(page).contains("Welcome to nginx!").endsWith("</html>\n");
            }
            instance.signal(SIGQUIT);
            assertThat(instance.await().code()).isZero();
        }
    }

    @Test
    void aStaticGoServerAnswers() throws Exception {
        try (PublishedInstance instance =
                new PublishedInstance(images.get("go-hello"), List.of(), 8080)) {
            assertThat(pages(instance.port(), 100))
                    .hasSize(100)
                    .allMatch(page -> page.startsWith("hello from go"));
        }
    }

    @Test
    void caddyServesWhatHaproxyAndNginxServeFromAGoServerEachInItsInstance() throws Exception {
        String nginx =
                """
                echo 'server { listen 80; location / { proxy_pass http://%s:%d; } }' \
                    >/etc/nginx/sites-enabled/default
                exec nginx -g 'daemon off;'
                """;
        String haproxy =
                """
                printf '%%s\\n' 'defaults' ' mode http' ' timeout connect 60s' ' timeout client 60s' \
                    ' timeout server 60s' 'frontend front' ' bind :8080' ' default_backend back' \
                    'backend back' ' server nginx %s:%d' >/tmp/haproxy.cfg
                exec haproxy -f /tmp/haproxy.cfg
                """;
        try (PublishedInstance go = new PublishedInstance(images.get("go-hello"), List.of(), 8080);
                PublishedInstance middle =
                        new PublishedInstance(images.get("nginx"), script(nginx, go), 80, go);
                PublishedInstance front =
                        new PublishedInstance(
                                images.get("servers"), script(haproxy, middle), 8080, middle);
                PublishedInstance caddy =
                        new PublishedInstance(
                                images.get("servers"), script(CADDY, front), 8081, front)) {
            pages(go.port(), 1);
            pages(front.port(), 1);
            assertThat(pages(caddy.port(), 100))
                    .as(caddy.output() + front.output() + middle.output())
                    .hasSize(100)
                    .allMatch(page -> page.startsWith("hello from go"));
        }
    }

    /** A shell script in which the other's address is filled in. */
    private static List<String> script(String text, PublishedInstance other) {
        return List.of("sh", "-c", text.formatted(PublishedInstance.HOST, other.port()));
    }

    @Test
    void redisReplicatesToAnotherInstance() throws Exception {
        try (PublishedInstance primary =
                new PublishedInstance(images.get("redis"), List.of(), 6379)) {
            assertThat(ask(primary, "SET before 1")).isEqualTo("+OK");
            List<String> command =
                    List.of(
                            "redis-server",
                            "--protected-mode",
                            "no",
                            "--replicaof",
                            PublishedInstance.HOST,
                            String.valueOf(primary.port()));
            try (PublishedInstance replica =
                    new PublishedInstance(images.get("redis"), command, 6379, primary)) {
                awaitAnswer(replica, "STRLEN before", ":1");
                assertThat(ask(primary, "MSET after 22 more 333")).isEqualTo("+OK");
                // How many replicas have what was written.
                assertThat(ask(primary, "SET last 4444", "WAIT 1 60000")).isEqualTo(":1");
                assertThat(ask(replica, "STRLEN last")).isEqualTo(":4");
                assertThat(ask(replica, "SET last 5")).startsWith("-READONLY");
                replica.signal(SIGTERM);
                assertThat(replica.await().code()).isZero();
            }
        }
    }

    private static void awaitAnswer(PublishedInstance redis, String question, String answer)
            throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!ask(redis, question).equals(answer)) {
            assertThat(System.nanoTime()).as("no '%s'", answer).isLessThan(end);
        }
    }

    /** The answer to the last of some commands on one connection, when the server is up. */
    private static String ask(PublishedInstance redis, String... commands)
            throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
                socket.setSoTimeout((int) DEADLINE.toMillis());
                BufferedReader answers =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.US_ASCII));
                String answer = "";
                for (String command : commands) {
                    byte[] line = (command + "\r\n").getBytes(StandardCharsets.US_ASCII);
                    socket.getOutputStream().write(line);
                    answer = answers.readLine();
                }
                if (answer != null) {
                    return answer;
                }
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        throw new AssertionError("redis does not answer: " + redis.output());
    }

    /** The bodies of so many requests at once, when the server listens. */
    private static List<String> pages(int port, int count) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .timeout(DEADLINE)
                        .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long end = System.nanoTime() + DEADLINE.toNanos();
            while (!answers(client, request)) {
                assertThat(System.nanoTime()).as("the server never answered").isLessThan(end);
            }
            List<CompletableFuture<HttpResponse<String>>> answers =
                    IntStream.range(0, count)
                            .mapToObj(
                                    number ->
                                            client.sendAsync(
                                                    request, HttpResponse.BodyHandlers.ofString()))
                            .toList();
            return answers.stream().map(answer -> answer.join().body()).toList();
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request)
            throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
