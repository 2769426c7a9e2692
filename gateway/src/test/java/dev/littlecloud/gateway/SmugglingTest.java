package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a service might read otherwise than the gateway never reach one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String HOST = "Host: app.localhost\r\n";

    private final TestGateway gateway;

    SmugglingTest() throws IOException {
        gateway = new TestGateway();
    }

    @AfterAll
    void close() {
        gateway.close();
        assertThat(gateway.program.saw("/refused")).isFalse();
        assertThat(gateway.program.saw("/hidden")).isFalse();
    }

    /** Sends a request and one that it may hide; the answer has to be one error and the end. */
    private void refuses(int status, String head) throws IOException {
        String hidden = "GET /hidden HTTP/1.1\r\n" + HOST + "\r\n";
        try (RawClient client = gateway.client()) {
            client.send(head + hidden);
            assertThat(client.response().status()).as(head).isEqualTo(status);
            assertThat(client.in.readAllBytes()).as(head).isEmpty();
        }
        assertThat(gateway.program.saw("/refused")).as(head).isFalse();
        assertThat(gateway.program.saw("/hidden")).as(head).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length:\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 5\r\n",
                " Content-Length: 5\r\n",
                "X: 1\r\n folded\r\n",
                "X: 1\r\n\tfolded: 2\r\n",
                "Transfer-Encoding : chunked\r\n",
                "X\r\n",
                ": nameless\r\n",
                "X[]: 1\r\n",
                "X\u0000: 1\r\n",
                "X: a\u0000b\r\n",
                "X: a\rb\r\n",
                "X: a\u000bb\r\n",
                "X: a\nY: b\r\n",
                "X: a\n",
                "Host: other.localhost\r\n",
            })
    void refusesAmbiguousHeaders(String field) throws IOException {
        refuses(400, "POST /refused HTTP/1.1\r\n" + HOST + field + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chunked, identity",
                "identity, chunked",
                "gzip, chunked",
                "identity",
                "xchunked",
                "chunked;q=1",
                "\"chunked\"",
            })
    void knowsNoTransferEncodingButChunked(String coding) throws IOException {
        refuses(
                501,
                "POST /refused HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
                " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\r\nHost: a\r\n\r\n",
                "GET / http/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.localhost, other\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.localhost:80x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a@app.localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.localhost/x\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            })
    void refusesRequestLinesAndHostsThatAreNone(String head) throws IOException {
        try (RawClient client = gateway.client()) {
            client.send(head);
            assertThat(client.response().status()).as(head).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.1"})
    void refusesOtherVersions(String version) throws IOException {
        refuses(505, "GET /refused " + version + "\r\n" + HOST + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g\r\nx\r\n0\r\n\r\n",
                "\r\nx\r\n0\r\n\r\n",
                "-1\r\nx\r\n0\r\n\r\n",
                "1 \r\nx\r\n0\r\n\r\n",
                "0x1\r\nx\r\n0\r\n\r\n",
                "1\nx\r\n0\r\n\r\n",
                "1\r\nxy\r\n0\r\n\r\n",
                "1\r\nx\n0\r\n\r\n",
                "1;a\u0000\r\nx\r\n0\r\n\r\n",
                "1;a\rb\r\nx\r\n0\r\n\r\n",
                "ffffffffffffffff\r\nx\r\n0\r\n\r\n",
                "0\r\nContent-Length: 5\r\n\r\n",
                "0\r\nHost: other\r\n\r\n",
                "0\r\n folded\r\n\r\n",
                "0\r\nX\r\n\r\n",
                "0\nX: 1\n\n",
            })
    void refusesBadChunks(String body) throws IOException {
        String head = "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
        try (RawClient client = gateway.client()) {
            client.send(head + body + "GET /hidden HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(client.response().status()).as(body).isEqualTo(400);
            assertThat(client.in.readAllBytes()).as(body).isEmpty();
        }
    }
}
