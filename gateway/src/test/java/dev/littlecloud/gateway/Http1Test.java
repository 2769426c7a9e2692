package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** HTTP/1.1 between clients on sockets and a program behind in-process streams. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http1Test {
    private final TestGateway gateway;

    Http1Test() throws IOException {
        gateway = new TestGateway();
    }

    @AfterAll
    void close() {
        gateway.close();
    }

    @Test
    void passesRequestAndResponse() throws IOException {
        try (RawClient client = gateway.client()) {
            RawClient.Response response = client.get("/some?thing=1", "X-Mine: yes").response();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("content-type")).isEqualTo("text/plain");
            assertThat(response.body())
                    .startsWith("GET /some?thing=1 HTTP/1.1\n")
                    .contains("X-Mine: yes\n", "Host: app.localhost\n");
        }
    }

    @Test
    void keepsBothConnections() throws IOException {
        try (RawClient client = gateway.client()) {
            client.get("/").response();
            int before = gateway.server.accepted();
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/" + i).response().body()).startsWith("GET /" + i);
            }

            assertThat(gateway.server.accepted()).isEqualTo(before);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        try (RawClient client = gateway.client()) {
            client.get("/1").get("/2").get("/empty").get("/4");

            assertThat(client.response().body()).startsWith("GET /1 ");
            assertThat(client.response().body()).startsWith("GET /2 ");
            assertThat(client.response().status()).isEqualTo(204);
            assertThat(client.response().body()).startsWith("GET /4 ");
        }
    }

    @Test
    void keepsAHeadersBodyAway() throws IOException {
        try (RawClient client = gateway.client()) {
            client.send("HEAD /empty HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
            assertThat(client.response(true).status()).isEqualTo(204);
            assertThat(client.get("/next").response().body()).startsWith("GET /next");
        }
    }

    @Test
    void streamsBodiesBothWaysWithTrailers() throws IOException {
        try (RawClient client = gateway.client()) {
            client.send(
                    "POST /echo HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n");

            assertThat(client.response().body()).isEqualTo("hello world[X-Sum: 11]");
        }
    }

    @Test
    void carriesHugeBodiesWithoutHoldingThem() throws IOException {
        int size = 40_000_000;
        try (RawClient client = gateway.client()) {
            client.get("/big?" + size);
            while (!SampleProgram.line(client.in).isEmpty()) {
                // the head
            }
            assertThat(countOfRightBytes(client.in, size)).isEqualTo(size);
        }
    }

    private static int countOfRightBytes(InputStream body, int size) throws IOException {
        byte[] part = new byte[64 * 1024];
        int position = 0;
        while (position < size) {
            int count = body.read(part, 0, Math.min(part.length, size - position));
            for (int i = 0; i < count; i++) {
                if (part[i] != SampleProgram.at(position + i)) {
                    return position + i;
                }
            }
            if (count < 0) {
                break;
            }
            position += count;
        }
        return position;
    }

    /** The client reads while it sends: what is echoed does not fit on the way. */
    @Test
    void carriesHugeUploads() throws IOException, InterruptedException {
        byte[] body = new byte[8_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = SampleProgram.at(i);
        }
        String sent = new String(body, StandardCharsets.ISO_8859_1);
        try (RawClient client = gateway.client()) {
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            client.send(
                                                    "POST /echo HTTP/1.1\r\nHost: app.localhost\r\n"
                                                            + "Content-Length: 8000000\r\n\r\n"
                                                            + sent);
                                        } catch (IOException broken) {
                                            throw new UncheckedIOException(broken);
                                        }
                                    });
            String echoed = client.response().body();
            sender.join();

            // Not isEqualTo: it would print both where they differ.
            assertThat(echoed.equals(sent + "[X-Sum: 8000000]")).isTrue();
        }
    }

    @Test
    void sendsEventsAsTheyHappen() throws IOException {
        try (RawClient client = gateway.client()) {
            client.send(
                    "POST /events HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(SampleProgram.line(client.in)).isEqualTo("HTTP/1.1 200 OK");
            while (!SampleProgram.line(client.in).isEmpty()) {
                // headers
            }
            for (int i = 1; i <= 3; i++) {
                assertThat(client.read(14)).isEqualTo("9\r\ndata: " + i + "\n\n\r\n");
                client.send("1\r\nx\r\n");
            }
            assertThat(client.read(5)).isEqualTo("0\r\n\r\n");
        }
    }

    @Test
    void upgradesToWebSocket() throws IOException {
        try (RawClient client = gateway.client()) {
            client.get("/socket", "Connection: Upgrade", "Upgrade: websocket");
            RawClient.Response response = client.response();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.field("upgrade")).isEqualTo("websocket");
            assertThat(response.field("connection")).isEqualToIgnoringCase("upgrade");
            assertThat(client.read(8)).isEqualTo("welcome ");
            for (int i = 0; i < 100; i++) {
                client.send("frame " + (i + 100));
                assertThat(client.read(9)).isEqualTo("frame " + (i + 100));
            }
            assertThat(gateway.service.streams()).isOne();
        }
    }

    @Test
    void passesInformationalResponses() throws IOException {
        try (RawClient client = gateway.client()) {
            client.get("/early");

            RawClient.Response hints = client.response();
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.field("link")).isEqualTo("</style.css>");
            assertThat(client.response().body()).isEqualTo("after hints");
        }
    }

    @Test
    void answersHttp10InItsWay() throws IOException {
        try (RawClient client = gateway.client()) {
            client.send("GET /until-close HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
            RawClient.Response response = client.response();

            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(response.field("transfer-encoding")).isEmpty();
            assertThat(response.body()).isEqualTo("until the end");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void framesWhatTheServiceEndsByClosing() throws IOException {
        try (RawClient client = gateway.client()) {
            RawClient.Response response = client.get("/until-close").response();

            assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
            assertThat(response.body()).isEqualTo("until the end");
            assertThat(client.get("/next").response().body()).startsWith("GET /next");
        }
    }

    @Test
    void showsThatAResponseIsTruncated() throws IOException {
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/truncated").response().body()).isEqualTo("only this");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void givesLeasesBack() throws IOException, InterruptedException {
        try (RawClient client = gateway.client()) {
            client.get("/").response();
            client.get("/close").response();
            client.get("/silence");
        }

        TestGateway.await(() -> gateway.service.leases() == 0);
        assertThat(gateway.service.granted()).isGreaterThanOrEqualTo(3);
    }
}
