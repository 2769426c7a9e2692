package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.ServiceSettings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the gateway adds to headers, passes on and takes away. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeadersTest {
    private final TestGateway gateway;

    HeadersTest() throws IOException {
        gateway = new TestGateway();
    }

    @AfterAll
    void close() {
        gateway.close();
    }

    @Test
    void tellsWhoAsksAndHow() throws IOException {
        try (RawClient client = gateway.client()) {
            String seen = client.get("/").response().body();

            assertThat(seen)
                    .containsIgnoringCase("x-forwarded-for: 127.0.0.1\n")
                    .containsIgnoringCase("x-forwarded-proto: http\n")
                    .containsIgnoringCase("x-forwarded-host: app.localhost\n")
                    .containsIgnoringCase(
                            "forwarded: for=127.0.0.1;host=\"app.localhost\";proto=http\n");
        }
    }

    @Test
    void believesNoStranger() throws IOException {
        try (RawClient client = gateway.client()) {
            String seen =
                    client.get(
                                    "/",
                                    "X-Forwarded-For: 6.6.6.6",
                                    "X-Forwarded-Proto: https",
                                    "Forwarded: for=6.6.6.6")
                            .response()
                            .body();

            assertThat(seen).doesNotContain("6.6.6.6").doesNotContain("https");
        }
    }

    @Test
    void believesTrustedProxies() throws IOException {
        GatewayConfig config =
                GatewayConfig.DEFAULT.withTrustedProxies(
                        List.of(AddressRange.parse("127.0.0.0/8")));
        try (TestGateway trusting = new TestGateway(config, ServiceSettings.DEFAULT);
                RawClient client = trusting.client()) {
            String seen =
                    client.get("/", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https")
                            .response()
                            .body();

            assertThat(seen)
                    .containsIgnoringCase("x-forwarded-for: 6.6.6.6, 127.0.0.1\n")
                    .containsIgnoringCase("x-forwarded-proto: https\n");
        }
    }

    @Test
    void keepsOrMakesARequestId() throws IOException {
        try (RawClient client = gateway.client()) {
            RawClient.Response kept = client.get("/", "X-Request-Id: mine-1").response();
            assertThat(kept.field("x-request-id")).isEqualTo("mine-1");
            assertThat(kept.body()).containsIgnoringCase("x-request-id: mine-1\n");

            RawClient.Response made = client.get("/", "X-Request-Id: <script>").response();
            assertThat(made.field("x-request-id")).matches("[0-9a-f]{32}");
            assertThat(made.body())
                    .containsIgnoringCase("x-request-id: " + made.field("x-request-id"));
        }
    }

    @Test
    void dropsWhatConcernsOneConnection() throws IOException {
        try (RawClient client = gateway.client()) {
            String seen =
                    client.get(
                                    "/",
                                    "Connection: keep-alive, X-Private, Host",
                                    "X-Private: 1",
                                    "Keep-Alive: timeout=9",
                                    "Proxy-Connection: keep-alive",
                                    "Proxy-Authorization: Basic x",
                                    "TE: trailers, deflate",
                                    "X-Http2-Stream-Id: 5")
                            .response()
                            .body();
            assertThat(seen)
                    .doesNotContainIgnoringCase("x-private")
                    .doesNotContainIgnoringCase("keep-alive")
                    .doesNotContainIgnoringCase("proxy-")
                    .doesNotContainIgnoringCase("x-http2")
                    .contains("Host: app.localhost\n")
                    .containsIgnoringCase("te: trailers\n");

            RawClient.Response response = client.get("/hop").response();
            assertThat(response.field("x-kept")).isEqualTo("yes");
            assertThat(response.field("x-secret")).isEmpty();
            assertThat(response.field("keep-alive")).isEmpty();
            assertThat(response.field("proxy-authenticate")).isEmpty();
        }
    }

    @Test
    void takesTheHostOfAnAbsoluteTarget() throws IOException {
        try (RawClient client = gateway.client()) {
            client.send("GET http://app.localhost:80/x?y HTTP/1.1\r\nHost: other\r\n\r\n");

            assertThat(client.response().body())
                    .startsWith("GET /x?y HTTP/1.1\n")
                    .containsIgnoringCase("host: app.localhost:80\n");
        }
    }

    @Test
    void findsHostsInAnyCaseAndWithPorts() throws IOException {
        try (RawClient client = gateway.client()) {
            for (String host : List.of("APP.localhost", "app.localhost.", "app.localhost:8080")) {
                client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                assertThat(client.response().status()).as(host).isEqualTo(200);
            }
        }
    }
}
