package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.instance.Instances;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers of demo images, as their image starts them, asked from the host. */
class PublishedServersTest {
    private static final int SIGQUIT = 3;
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final DemoImages images = new DemoImages();

    @BeforeEach
    void needsKvm() {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
    }

    @Test
    void nginxServesItsPageAndStopsAsAsked() throws Exception {
        int port = freePort();
        try (RunningInstance instance = start(images.get("nginx"), port, 80)) {
            for (String page : pages(port, 100)) {
                assertThat(page).contains("Welcome to nginx!").endsWith("</html>\n");
            }
            instance.signal(SIGQUIT);
            assertThat(instance.await().code()).isZero();
        }
    }

    @Test
    void aStaticGoServerAnswers() throws Exception {
        int port = freePort();
        try (RunningInstance instance = start(images.get("go-hello"), port, 8080)) {
            assertThat(pages(port, 100))
                    .hasSize(100)
                    .allMatch(page -> page.startsWith("hello from go"));
        }
    }

    private static RunningInstance start(Image image, int hostPort, int guestPort) {
        InstanceSpec spec = InstanceSpec.DEFAULT;
        PortMapping port =
                new PortMapping(
                        InetAddress.getLoopbackAddress(),
                        hostPort,
                        guestPort,
                        PortMapping.Protocol.TCP);
        return new Instances()
                .start(
                        new InstanceSpec(
                                spec.process(),
                                spec.limits(),
                                spec.network(),
                                List.of(port),
                                spec.volumes(),
                                spec.hostname(),
                                spec.readOnlyRoot(),
                                spec.observation()),
                        image,
                        new Stdio(
                                Channels.newChannel(new ByteArrayInputStream(new byte[0])),
                                Channels.newChannel(OutputStream.nullOutputStream()),
                                Channels.newChannel(OutputStream.nullOutputStream()),
                                null));
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
