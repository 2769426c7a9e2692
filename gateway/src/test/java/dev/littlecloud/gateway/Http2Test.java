package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 without TLS from clients, HTTP/1.1 to the program. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2Test {
    private static final String HOST = "Host: app.localhost";

    private final TestGateway gateway;

    Http2Test() throws IOException {
        gateway = new TestGateway();
        // A client that names no host of its own asks for the address.
        Route app = Route.to(gateway.service);
        gateway.routes.update(table -> table.withHost("127.0.0.1", app));
    }

    @AfterAll
    void close() {
        gateway.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    @Test
    void takesPriorKnowledge() throws Exception {
        String answer =
                Curl.run(
                        "--http2-prior-knowledge",
                        "-H",
                        HOST,
                        "-w",
                        "%{http_version} %{http_code}",
                        url("/x?y=1"));

        assertThat(answer)
                .startsWith("GET /x?y=1 HTTP/1.1\n")
                .containsIgnoringCase("host: app.localhost\n")
                .containsIgnoringCase("x-forwarded-for: 127.0.0.1")
                .doesNotContainIgnoringCase("x-http2")
                .endsWith("2 200\nexit 0");
    }

    @Test
    void upgradesWhereAsked() throws Exception {
        String answer =
                Curl.run("--http2", "-H", HOST, "-w", "%{http_version}", url("/1"), url("/2"));

        assertThat(answer).contains("GET /1 HTTP/1.1").contains("GET /2 HTTP/1.1").contains("\n2");
    }

    @Test
    void streamsBodies(@TempDir Path folder) throws Exception {
        byte[] body = new byte[3_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = SampleProgram.at(i);
        }
        Path sent = Files.write(folder.resolve("sent"), body);
        Path received = folder.resolve("received");
        String result =
                Curl.run(
                        "--http2-prior-knowledge",
                        "-H",
                        HOST,
                        "--data-binary",
                        "@" + sent,
                        "-o",
                        received.toString(),
                        url("/echo"));

        assertThat(result).isEqualTo("\nexit 0");
        assertThat(Files.readAllBytes(received)).isEqualTo(body);
    }

    @Test
    void answersManyAtATime() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(url("/many/" + i))).build();
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            for (int i = 0; i < 50; i++) {
                HttpResponse<String> answer = answers.get(i).get(60, TimeUnit.SECONDS);
                assertThat(answer.body()).startsWith("GET /many/" + i + " HTTP/1.1");
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            }
        }
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        String unknown =
                Curl.run(
                        "--http2-prior-knowledge",
                        "-w",
                        "%{http_code}",
                        "-H",
                        "Host: no",
                        url("/"));
        assertThat(unknown).contains("unknown-host").endsWith("404\nexit 0");

        String truncated = Curl.run("--http2-prior-knowledge", "-H", HOST, url("/truncated"));
        assertThat(truncated).doesNotEndWith("exit 0");

        String noBody = Curl.run("--http2-prior-knowledge", "-I", "-H", HOST, url("/empty"));
        assertThat(noBody).startsWith("HTTP/2 204").endsWith("exit 0");
    }

    @Test
    void answersBeforeTheBodyIsRead() throws Exception {
        String answer =
                Curl.run(
                        "--http2-prior-knowledge",
                        "-H",
                        HOST,
                        "-w",
                        "%{http_code}",
                        "--data-binary",
                        "x".repeat(100_000),
                        url("/reject"));

        assertThat(answer).contains("403");
    }

    @Test
    void cutsOffWhatNobodyReads() throws Exception {
        try (RawHttp2 client = new RawHttp2(gateway.port())) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, head("POST", "/reject"));

            assertThat(client.next(1).type()).isEqualTo(RawHttp2.HEADERS);
            RawHttp2.Frame body = client.next(1);
            assertThat(new String(body.payload(), StandardCharsets.US_ASCII)).isEqualTo("not read");
            while ((body.flags() & RawHttp2.END_STREAM) == 0) {
                body = client.next(1);
            }
            RawHttp2.Frame reset = client.next(1);
            assertThat(reset.type()).isEqualTo(RawHttp2.RST_STREAM);
            assertThat(reset.code()).isZero();
        }
    }

    @Test
    void saysWhatIsMalformed() throws Exception {
        try (RawHttp2 client = new RawHttp2(gateway.port())) {
            ByteArrayOutputStream twoHosts = new ByteArrayOutputStream();
            twoHosts.writeBytes(head("GET", "/"));
            twoHosts.writeBytes(RawHttp2.fields("host", "other.localhost"));
            int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
            client.send(RawHttp2.HEADERS, flags, 1, twoHosts.toByteArray());

            assertThat(client.next(1).type()).isEqualTo(RawHttp2.HEADERS);
            String page = new String(client.next(1).payload(), StandardCharsets.UTF_8);
            assertThat(page).contains("bad-request").contains("Conflicting");

            // The connection goes on.
            client.send(RawHttp2.HEADERS, flags, 3, head("GET", "/after"));
            assertThat(client.next(3).type()).isEqualTo(RawHttp2.HEADERS);
            String answer = new String(client.next(3).payload(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("GET /after HTTP/1.1");
        }
    }

    private static byte[] head(String method, String path) {
        return RawHttp2.fields(
                ":method", method, ":scheme", "http", ":path", path, ":authority", "app.localhost");
    }
}
