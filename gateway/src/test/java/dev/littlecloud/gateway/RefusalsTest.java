package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.http.HttpLimits;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why there is no answer: the status, a code, a sentence and the request's id. */
class RefusalsTest {
    private static final HttpLimits HASTY =
            HttpLimits.DEFAULT
                    .withHeadTimeout(Duration.ofMillis(300))
                    .withIdleTimeout(Duration.ofMillis(300))
                    .withStallTimeout(Duration.ofMillis(300));

    @ParameterizedTest
    @CsvSource({
        "'',text/plain",
        "*/*,text/plain",
        "'text/html,application/xhtml+xml,*/*;q=0.8',text/html",
        "application/json,application/json",
    })
    void speaksTheClientsFormat(String accept, String type) throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: nobody.localhost\r\nX-Request-Id: the-id\r\nAccept: "
                            + accept
                            + "\r\n\r\n");
            RawClient.Response response = client.response();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.field("content-type")).startsWith(type);
            assertThat(response.field("x-request-id")).isEqualTo("the-id");
            assertThat(response.body()).contains("unknown-host", "nobody.localhost", "the-id");
            assertThat(client.get("/").response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"CRASH_LOOP,503", "START_FAILED,502", "START_TIMEOUT,504", "OVERLOADED,503"})
    void passesOnWhyNoInstanceCouldBeHad(Reason reason, int status) throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            gateway.service.refusing(new Refusal(reason, "it said \"no\" & left"));
            RawClient.Response response = client.get("/", "Accept: application/json").response();

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.body())
                    .contains("\"code\":\"" + reason.code() + "\"")
                    .contains("\"message\":\"it said \\\"no\\\" & left\"");
            assertThat(response.field("retry-after")).isEqualTo(status == 503 ? "1" : "");
        }
    }

    @Test
    void saysThatNothingListens() throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            gateway.server.listening(false);

            RawClient.Response response = client.get("/").response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.body()).contains("not-listening");
            assertThat(gateway.service.leases()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"/close,connection-lost", "/garbage,bad-response"})
    void saysThatTheProgramMisbehaved(String path, String code) throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            RawClient.Response response = client.get(path).response();

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.body()).contains(code);
        }
    }

    @Test
    void triesAgainOnAnotherConnectionWhereThatIsSafe() throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            client.get("/").response();
            // A kept connection breaks under an idempotent request: once more, then an answer.
            assertThat(client.get("/close").response().status()).isEqualTo(502);
            assertThat(gateway.program.requests()).isEqualTo(3);

            client.get("/").response();
            client.send("POST /close HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(502);
            assertThat(gateway.program.requests()).isEqualTo(5);
        }
    }

    @Test
    void waitsForASleepingInstance() throws IOException, InterruptedException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            gateway.service.asleep();
            client.get("/woken");
            TestGateway.await(() -> gateway.service.waiting() == 1);
            gateway.service.wake();

            assertThat(client.response().body()).startsWith("GET /woken");
        }
    }

    @Test
    void forgetsAClientThatLeavesWhileItWaits() throws IOException, InterruptedException {
        try (TestGateway gateway = new TestGateway()) {
            gateway.service.asleep();
            try (RawClient client = gateway.client()) {
                client.get("/");
                TestGateway.await(() -> gateway.service.waiting() == 1);
            }
            TestGateway.await(() -> gateway.service.waiting() == 0);
            gateway.service.wake();
            assertThat(gateway.program.requests()).isZero();
        }
    }

    @Test
    void waitsForRoomInTheAcceptQueue() throws IOException, InterruptedException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            gateway.server.full();
            client.get("/late");
            TestGateway.await(gateway.server::isWaitedFor);
            gateway.server.room();

            assertThat(client.response().body()).startsWith("GET /late");
        }
    }

    @Test
    void boundsARequestsTime() throws IOException {
        ServiceSettings hasty = ServiceSettings.DEFAULT.withRequestTimeout(Duration.ofMillis(300));
        try (TestGateway gateway = new TestGateway(HttpLimits.DEFAULT, hasty);
                RawClient client = gateway.client()) {
            RawClient.Response silent = client.get("/silence").response();
            assertThat(silent.status()).isEqualTo(504);
            assertThat(silent.body()).contains("response-timeout");

            gateway.service.asleep();
            RawClient.Response asleep = client.get("/").response();
            assertThat(asleep.status()).isEqualTo(504);
            assertThat(asleep.body()).contains("start-timeout");
            assertThat(gateway.service.leases()).isZero();
        }
    }

    @Test
    void boundsHeads() throws IOException {
        try (TestGateway gateway = new TestGateway()) {
            try (RawClient client = gateway.client()) {
                client.get("/" + "x".repeat(17_000));
                assertThat(client.response().status()).isEqualTo(414);
            }
            try (RawClient client = gateway.client()) {
                client.get("/", "X: " + "x".repeat(70_000));
                assertThat(client.response().status()).isEqualTo(431);
            }
            try (RawClient client = gateway.client()) {
                client.get("/", "X: 1\r\n".repeat(200) + "X: 1");
                assertThat(client.response().status()).isEqualTo(431);
            }
        }
    }

    @Test
    void boundsBodies() throws IOException {
        ServiceSettings small = ServiceSettings.DEFAULT.withMaxRequestBytes(10);
        try (TestGateway gateway = new TestGateway(HttpLimits.DEFAULT, small)) {
            try (RawClient client = gateway.client()) {
                client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 11\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(413);
                assertThat(gateway.program.requests()).isZero();
            }
            try (RawClient client = gateway.client()) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "b\r\n01234567890\r\n");
                assertThat(client.response().status()).isEqualTo(413);
            }
        }
    }

    @Test
    void endsSlowHeads() throws IOException {
        try (TestGateway gateway = new TestGateway(HASTY, ServiceSettings.DEFAULT)) {
            try (RawClient client = gateway.client()) {
                client.send("GET / HTTP/1.1\r\nHost: app");
                assertThat(client.response().status()).isEqualTo(408);
                assertThat(client.isClosed()).isTrue();
            }
            try (RawClient client = gateway.client()) {
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void endsSlowBodies() throws IOException {
        try (TestGateway gateway = new TestGateway(HASTY, ServiceSettings.DEFAULT);
                RawClient client = gateway.client()) {
            client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 9\r\n\r\nabc");

            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void endsClientsThatTakeNothing() throws IOException, InterruptedException {
        try (TestGateway gateway = new TestGateway(HASTY, ServiceSettings.DEFAULT);
                RawClient client = gateway.client()) {
            client.get("/big?100000000");
            TestGateway.await(() -> gateway.service.granted() == 1);
            TestGateway.await(() -> gateway.service.leases() == 0);
        }
    }

    @Test
    void endsIdleConnections() throws IOException {
        try (TestGateway gateway = new TestGateway(HASTY, ServiceSettings.DEFAULT);
                RawClient client = gateway.client()) {
            assertThat(client.get("/").response().status()).isEqualTo(200);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void boundsConnections() throws IOException {
        GatewayConfig config = GatewayConfig.DEFAULT.withMaxConnections(1);
        try (TestGateway gateway = new TestGateway(config, ServiceSettings.DEFAULT);
                RawClient first = gateway.client()) {
            assertThat(first.get("/").response().status()).isEqualTo(200);
            try (RawClient second = gateway.client()) {
                assertThat(second.isClosed()).isTrue();
            }
            assertThat(first.get("/").response().status()).isEqualTo(200);
        }
    }

    @Test
    void answersThoughTheBodyWasNotRead() throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawClient client = gateway.client()) {
            client.send(
                    "POST /reject HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1000000\r\n\r\n"
                            + "x".repeat(1000));

            assertThat(client.response().status()).isEqualTo(403);
        }
    }
}
