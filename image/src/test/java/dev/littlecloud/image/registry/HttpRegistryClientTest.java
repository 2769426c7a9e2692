package dev.littlecloud.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.testing.RegistryServer;
import dev.littlecloud.image.testing.TestImages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against servers that ask for tokens, redirect, fail and misbehave. */
class HttpRegistryClientTest {
    private static final Digest BLOB = Digest.sha256(TestImages.utf8("blob"));
    private static final String BASIC =
            Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.UTF_8));

    @TempDir private Path directory;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<HttpServer> servers = new ArrayList<>();
    private HttpServer server;

    HttpRegistryClientTest() throws IOException {
        server = newServer();
    }

    private HttpServer newServer() throws IOException {
        HttpServer made =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.start();
        servers.add(made);
        return made;
    }

    @BeforeEach
    void writeNoCredentials() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{}");
    }

    @AfterEach
    void stop() {
        servers.forEach(each -> each.stop(0));
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private void on(HttpServer at, String path, Handler handler) {
        at.createContext(
                path,
                exchange -> {
                    requests.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    try (exchange) {
                        handler.handle(exchange);
                    }
                });
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = TestImages.utf8(body);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String host() {
        return host(server);
    }

    private static String host(HttpServer at) {
        return "localhost:" + at.getAddress().getPort();
    }

    private RegistryClient client() {
        RegistryName name = (RegistryName) ImageReference.parse(host() + "/team/app:v1");
        return client(name, directory.resolve("config.json"));
    }

    private static RegistryClient client(RegistryName name, Path credentials) {
        Authorities nobody = new Authorities(Path.of("/nonexistent"), List.of());
        return new HttpRegistryClient(name, credentials, nobody, attempt -> {});
    }

    private String manifest() {
        try (RegistryClient client = client()) {
            return new String(client.manifest("v1"), StandardCharsets.UTF_8);
        }
    }

    private static void assertFails(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).describedAs(e.getMessage()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private void logIn(String entry) throws IOException {
        Files.writeString(
                directory.resolve("config.json"), "{\"auths\":{\"" + host() + "\":" + entry + "}}");
    }

    @Test
    void fetchesATokenWhenAskedAndUsesItAgain() throws Exception {
        logIn("{\"auth\":\"" + BASIC + "\"}");
        on(server, "/v2/", this::withToken);
        on(
                server,
                "/token",
                exchange -> {
                    assertThat(exchange.getRequestURI().getQuery())
                            .isEqualTo("service=reg&scope=repository:team/app:pull");
                    answer(exchange, 200, "{\"token\":\"t1\"}");
                });

        try (RegistryClient client = client()) {
            client.manifest("v1");
            client.blob(BLOB, 0).body().close();
        }

        assertThat(requests)
                .containsExactly(
                        "GET /v2/team/app/manifests/v1 null",
                        "GET /token?service=reg&scope=repository%3Ateam%2Fapp%3Apull Basic "
                                + BASIC,
                        "GET /v2/team/app/manifests/v1 Bearer t1",
                        "GET /v2/team/app/blobs/" + BLOB + " Bearer t1");
    }

    private void withToken(HttpExchange exchange) throws IOException {
        if ("Bearer t1".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 200, "{}");
            return;
        }
        exchange.getResponseHeaders()
                .add(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://"
                                + host()
                                + "/token\",service=\"reg\",scope=\"repository:team/app:pull\"");
        answer(exchange, 401, "");
    }

    @Test
    void tradesAnIdentityTokenForAnAccessToken() throws Exception {
        logIn("{\"auth\":\"" + BASIC + "\",\"identitytoken\":\"id 1\"}");
        on(server, "/v2/", this::withToken);
        on(
                server,
                "/token",
                exchange -> {
                    String form =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    assertThat(form).contains("grant_type=refresh_token", "refresh_token=id+1");
                    answer(exchange, 200, "{\"access_token\":\"t1\"}");
                });

        assertThat(manifest()).isEqualTo("{}");
    }

    @Test
    void logsInToARealRegistry() throws Exception {
        // secret, by htpasswd -B
        String users = "user:$2b$04$dqh4e1Ip0nZ95KeIt9EaMu9yRf9TAR3L609hsrbasLLQZd2kFnwRa\n";
        try (RegistryServer registry = RegistryServer.start(directory, users)) {
            RegistryName name =
                    (RegistryName) ImageReference.parse(registry.host() + "/team/app:v1");
            Path credentials = directory.resolve("config.json");
            try (RegistryClient client = client(name, credentials)) {
                assertFails(
                        ErrorCode.DENIED,
                        "docker login " + registry.host(),
                        () -> client.manifest("v1"));
            }
            Files.writeString(
                    credentials,
                    "{\"auths\":{\"http://"
                            + registry.host()
                            + "/v1/\":{\"username\":\"user\",\"password\":\"secret\"}}}");
            try (RegistryClient client = client(name, credentials)) {
                assertFails(
                        ErrorCode.NOT_FOUND, "is not in the registry", () -> client.manifest("v1"));
            }
        }
    }

    @Test
    void sendsNoPasswordWhereItDoesNotBelong() throws Exception {
        logIn("{\"auth\":\"" + BASIC + "\"}");
        on(
                server,
                "/v2/",
                exchange -> {
                    exchange.getResponseHeaders()
                            .add(
                                    "WWW-Authenticate",
                                    "Bearer realm=\"http://tokens.example/token\"");
                    answer(exchange, 401, "");
                });

        assertFails(ErrorCode.NETWORK, "which is not HTTPS", this::manifest);
    }

    @Test
    void followsRedirectsWithoutTheToken() throws Exception {
        HttpServer storage = newServer();
        on(storage, "/blob", exchange -> answer(exchange, 200, "contents"));
        logIn("{\"auth\":\"" + BASIC + "\"}");
        on(
                server,
                "/v2/",
                exchange -> {
                    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                        answer(exchange, 401, "");
                        return;
                    }
                    exchange.getResponseHeaders()
                            .add("Location", "http://" + host(storage) + "/blob?signature=1");
                    answer(exchange, 307, "");
                });

        try (RegistryClient client = client();
                var body = client.blob(BLOB, 0).body()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("contents");
        }
        assertThat(requests)
                .endsWith(
                        "GET /v2/team/app/blobs/" + BLOB + " Basic " + BASIC,
                        "GET /blob?signature=1 null");
    }

    @Test
    void refusesRedirectsToPlainHttpElsewhereAndInCircles() {
        on(
                server,
                "/v2/team/app/manifests/",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "http://169.254.169.254/");
                    answer(exchange, 302, "");
                });
        on(
                server,
                "/v2/team/app/blobs/",
                exchange -> {
                    exchange.getResponseHeaders()
                            .add("Location", exchange.getRequestURI().toString());
                    answer(exchange, 302, "");
                });

        assertFails(ErrorCode.NETWORK, "not HTTPS", this::manifest);
        try (RegistryClient client = client()) {
            assertFails(ErrorCode.NETWORK, "in circles", () -> client.blob(BLOB, 0));
        }
    }

    @Test
    void triesAgainWhenTheServerHasTrouble() {
        on(
                server,
                "/v2/",
                exchange -> {
                    boolean isThird = requests.size() == 3;
                    answer(exchange, isThird ? 200 : 503, isThird ? "{}" : "");
                });

        assertThat(manifest()).isEqualTo("{}");
        assertThat(requests).hasSize(3);
    }

    @Test
    void givesUpOnServersThatStayBroken() {
        on(
                server,
                "/v2/",
                exchange -> answer(exchange, 500, "{\"errors\":[{\"message\":\"oh\"}]}"));

        assertFails(ErrorCode.NETWORK, "HTTP status 500 (oh)", this::manifest);
        assertThat(requests).hasSize(4);
    }

    @Test
    void saysWhatTheRegistrySaid() {
        on(
                server,
                "/v2/",
                exchange ->
                        answer(
                                exchange,
                                404,
                                "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\","
                                        + "\"message\":\"manifest unknown\"}]}"));

        assertFails(ErrorCode.NOT_FOUND, "(manifest unknown)", this::manifest);
    }

    @Test
    void refusesManifestsWithoutEnd() {
        on(server, "/v2/", exchange -> answer(exchange, 200, " ".repeat((4 << 20) + 1)));

        assertFails(ErrorCode.LIMIT_EXCEEDED, "larger than", this::manifest);
    }

    @Test
    void saysWhenNothingListens() {
        server.stop(0);

        assertFails(ErrorCode.NETWORK, "is it running?", this::manifest);
    }

    @Test
    void asksForTheRestOfABlob() throws Exception {
        on(
                server,
                "/v2/",
                exchange -> {
                    assertThat(exchange.getRequestHeaders().getFirst("Range"))
                            .isEqualTo("bytes=3-");
                    answer(exchange, 206, "b");
                });

        try (RegistryClient client = client()) {
            RegistryClient.Blob blob = client.blob(BLOB, 3);
            assertThat(blob.offset()).isEqualTo(3);
            assertThat(blob.body().readAllBytes()).hasSize(1);
        }
    }

    @Test
    void knowsWhenPlainHttpIsInOrder() {
        for (String host :
                List.of(
                        "localhost",
                        "localhost:5000",
                        "127.0.0.1",
                        "127.1.2.3:80",
                        "[::1]:5000",
                        "registry.localhost:80")) {
            assertThat(Endpoint.of(host, false).isPlain()).describedAs(host).isTrue();
        }
        for (String host :
                List.of(
                        "example.com",
                        "127.0.0.1.example.com",
                        "localhost.example",
                        "192.168.0.1:5000",
                        "[::2]:5000",
                        "1270.0.0.1")) {
            assertThat(Endpoint.of(host, false).isPlain()).describedAs(host).isFalse();
        }
        assertThat(Endpoint.of("docker.io", false).base())
                .isEqualTo("https://registry-1.docker.io");
    }

    @Test
    void readsCredentialsOfDockerHubInTheirOldForm() throws Exception {
        Path file = directory.resolve("config.json");
        Files.writeString(
                file, "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" + BASIC + "\"}}}");

        assertThat(Credentials.read(file, "docker.io").basic()).contains(BASIC);
        assertThat(Credentials.read(file, "ghcr.io")).isEqualTo(Credentials.NONE);
        assertThat(Credentials.read(directory.resolve("missing"), "ghcr.io"))
                .isEqualTo(Credentials.NONE);
        Files.writeString(file, "{");
        assertFails(ErrorCode.MALFORMED, "not JSON", () -> Credentials.read(file, "ghcr.io"));
    }

    @Test
    void readsSeveralChallenges() {
        List<Challenge> challenges =
                Challenge.parse(
                        List.of(
                                "Negotiate, Basic realm=\"a, \\\"b\\\"\" , Bearer realm=https://x,"
                                        + " service=s"));

        assertThat(challenges)
                .extracting(Challenge::scheme)
                .containsExactly("negotiate", "basic", "bearer");
        assertThat(challenges.get(1).parameter("realm")).isEqualTo("a, \"b\"");
        assertThat(challenges.get(2).parameter("service")).isEqualTo("s");
        assertThat(Challenge.parse(List.of("", "=", "\"", "Bearer realm=\"x"))).isNotNull();
    }

    @Test
    void choosesProxiesAsCurlDoes() {
        EnvironmentProxy proxy =
                new EnvironmentProxy(
                        java.util.Map.of(
                                "HTTPS_PROXY", "http://proxy.example:3128",
                                "no_proxy", ".internal, host.example"));

        assertThat(proxy.select(java.net.URI.create("https://ghcr.io/")).getFirst().address())
                .isEqualTo(new InetSocketAddress("proxy.example", 3128));
        for (String direct :
                List.of(
                        "https://a.internal/",
                        "https://host.example/",
                        "https://localhost:5000/",
                        "http://ghcr.io/")) {
            assertThat(proxy.select(java.net.URI.create(direct)))
                    .containsExactly(java.net.Proxy.NO_PROXY);
        }
    }
}
