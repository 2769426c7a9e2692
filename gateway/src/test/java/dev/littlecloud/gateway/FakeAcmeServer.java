package dev.littlecloud.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * As much of RFC 8555 as one order with one http-01 challenge needs. It asks the gateway for the proof
 * and compares it; signatures of requests it does not check.
 */
final class FakeAcmeServer implements AutoCloseable {
    private static final String TOKEN = "the-token-of-the-challenge-0123456789";

    private final HttpServer server;
    private final int gatewayPort;
    private final KeyPair keys = newKeys();
    private final AtomicInteger nonces = new AtomicInteger();
    private String host = "";
    private String thumbprint = "";
    private String state = "pending";
    private byte[] certificate = new byte[0];

    /** What was ordered. */
    final List<String> orders = new CopyOnWriteArrayList<>();

    volatile boolean refusing;
    volatile long lifeSeconds = 90L * 86_400;

    FakeAcmeServer(int gatewayPort) throws IOException {
        this.gatewayPort = gatewayPort;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Replay-Nonce", "nonce" + nonces.incrementAndGet());
            answer(exchange, decoded(body, "protected"), decoded(body, "payload"));
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    private static String decoded(String jws, String part) {
        String text = field(jws, part);
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static String field(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return field.find() ? field.group(1) : "";
    }

    private void answer(HttpExchange exchange, String header, String payload) throws Exception {
        switch (exchange.getRequestURI().getPath()) {
            case "/directory" -> json(exchange, 200, directory());
            case "/nonce" -> exchange.sendResponseHeaders(204, -1);
            case "/account" -> {
                thumbprint = thumbprint(header);
                exchange.getResponseHeaders().set("Location", url("/account/1"));
                json(exchange, 201, "{\"status\":\"valid\"}");
            }
            case "/order" -> {
                if (refusing) {
                    exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
                    problem(exchange);
                    return;
                }
                host = field(payload, "value");
                orders.add(host);
                state = "pending";
                exchange.getResponseHeaders().set("Location", url("/order/1"));
                json(exchange, 201, order());
            }
            case "/order/1" -> json(exchange, 200, order());
            case "/authorization" -> json(exchange, 200, authorization());
            case "/challenge" -> {
                state = isProved() ? "ready" : "invalid";
                json(exchange, 200, challenge());
            }
            case "/finalize" -> {
                byte[] request = Base64.getUrlDecoder().decode(field(payload, "csr"));
                certificate = sign(new PKCS10CertificationRequest(request));
                state = "valid";
                exchange.getResponseHeaders().set("Location", url("/order/1"));
                json(exchange, 200, order());
            }
            case "/certificate" -> {
                String pem =
                        "-----BEGIN CERTIFICATE-----\n"
                                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                        .encodeToString(certificate)
                                + "\n-----END CERTIFICATE-----\n";
                send(exchange, 200, "application/pem-certificate-chain", pem);
            }
            default -> exchange.sendResponseHeaders(404, -1);
        }
    }

    private String directory() {
        return "{\"newNonce\":\"%s\",\"newAccount\":\"%s\",\"newOrder\":\"%s\"}"
                .formatted(url("/nonce"), url("/account"), url("/order"));
    }

    private String order() {
        return """
        {"status":"%s","identifiers":[{"type":"dns","value":"%s"}],"authorizations":["%s"],
         "finalize":"%s","certificate":"%s"}
        """
                .formatted(
                        state, host, url("/authorization"), url("/finalize"), url("/certificate"));
    }

    private String authorization() {
        return """
        {"status":"%s","identifier":{"type":"dns","value":"%s"},"challenges":[%s]}
        """
                .formatted(state.equals("ready") ? "valid" : "pending", host, challenge());
    }

    private String challenge() {
        String status =
                switch (state) {
                    case "pending" -> "pending";
                    case "invalid" -> "invalid";
                    default -> "valid";
                };
        return "{\"type\":\"http-01\",\"status\":\"%s\",\"url\":\"%s\",\"token\":\"%s\"}"
                .formatted(status, url("/challenge"), TOKEN);
    }

    private boolean isProved() throws IOException {
        try (RawClient client = new RawClient(gatewayPort)) {
            client.send(
                    "GET /.well-known/acme-challenge/%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                            .formatted(TOKEN, host));
            return client.response().body().equals(TOKEN + "." + thumbprint);
        }
    }

    /** RFC 7638, of the account's key. */
    private static String thumbprint(String header) throws Exception {
        String key =
                "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}"
                        .formatted(field(header, "crv"), field(header, "x"), field(header, "y"));
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }

    private byte[] sign(PKCS10CertificationRequest request) throws Exception {
        Instant now = Instant.now();
        var builder =
                new X509v3CertificateBuilder(
                        new X500Name("CN=Fake authority"),
                        BigInteger.valueOf(now.toEpochMilli()),
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(lifeSeconds)),
                        new X500Name("CN=" + host),
                        request.getSubjectPublicKeyInfo());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return builder.build(signer).getEncoded();
    }

    private static void problem(HttpExchange exchange) throws IOException {
        String type = "urn:ietf:params:acme:error:rateLimited";
        send(
                exchange,
                429,
                "application/problem+json",
                "{\"type\":\"%s\",\"detail\":\"too many certificates\"}".formatted(type));
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, "application/json", text);
    }

    private static void send(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
