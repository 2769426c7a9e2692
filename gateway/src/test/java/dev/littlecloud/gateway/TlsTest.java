package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import dev.littlecloud.gateway.tls.CertificateFiles;
import dev.littlecloud.gateway.tls.DevelopmentCa;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** TLS: certificates by name, HTTP versions by ALPN, services of bytes by SNI. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private final Routes routes = new Routes();
    private final StreamServer web = new StreamServer(new SampleProgram());
    private final StreamServer echo = new StreamServer(InputStream::transferTo);
    private final Path folder;
    private final DevelopmentCa authority;
    private final CertificateFiles files;
    private final Gateway gateway;

    TlsTest() throws Exception {
        folder = Files.createTempDirectory("littlecloud-tls");
        authority = DevelopmentCa.open(folder.resolve("ca"), InstantSource.system());
        files = new CertificateFiles(Files.createDirectories(folder.resolve("files")));
        Files.writeString(folder.resolve("ca.crt"), pem(authority.rootCertificate().getEncoded()));
        FakeService app = new FakeService("app", ServiceSettings.DEFAULT, new Backend.Guest(web));
        FakeService bytes =
                new FakeService(
                        "bytes",
                        ServiceSettings.DEFAULT.withProtocol(Protocol.TCP),
                        new Backend.Guest(echo));
        routes.update(
                table ->
                        table.withHost("app.localhost", Route.to(app))
                                .withHost("own.example", Route.to(app))
                                .withHost("bytes.localhost", Route.to(bytes)));
        gateway =
                Gateway.start(
                        GatewayConfig.DEFAULT
                                .withHttp(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .withHttps(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        routes,
                        GatewayMetrics.NONE,
                        List.of(files, authority));
    }

    private static String pem(byte[] encoded) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    }

    @AfterAll
    void stop() throws IOException {
        gateway.close();
        try (var all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    private int port() {
        return gateway.httpsAddress().orElseThrow().getPort();
    }

    private String curl(String host, String... more) throws Exception {
        String[] arguments = {
            "--cacert",
            folder.resolve("ca.crt").toString(),
            "--resolve",
            host + ":" + port() + ":127.0.0.1",
            "-w",
            "%{http_version} %{http_code}",
            "https://" + host + ":" + port() + "/x"
        };
        String[] all = new String[arguments.length + more.length];
        System.arraycopy(more, 0, all, 0, more.length);
        System.arraycopy(arguments, 0, all, more.length, arguments.length);
        return Curl.run(all);
    }

    @Test
    void agreesOnTheVersionOfHttp() throws Exception {
        assertThat(curl("app.localhost", "--http2"))
                .startsWith("GET /x HTTP/1.1\n")
                .containsIgnoringCase("x-forwarded-proto: https")
                .endsWith("2 200\nexit 0");
        assertThat(curl("app.localhost", "--http1.1")).endsWith("1.1 200\nexit 0");
    }

    @Test
    void refusesNamesItHasNoCertificateFor() throws Exception {
        assertThat(curl("stranger.example")).doesNotEndWith("exit 0").contains("unrecognized");
    }

    @Test
    void saysThatNobodyAnswersForAName() throws Exception {
        assertThat(curl("nobody.localhost")).contains("unknown-host").endsWith("404\nexit 0");
    }

    @Test
    void keepsTheAuthoritysKeyToItsOwner() throws Exception {
        Path file = folder.resolve("ca/ca.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(
                        DevelopmentCa.open(folder.resolve("ca"), InstantSource.system())
                                .rootCertificate())
                .isEqualTo(authority.rootCertificate());
    }

    @Test
    void readsCertificatesOfFilesAgainWhenTheyChange() throws Exception {
        Path file = folder.resolve("files/own.example.pem");
        for (String name : List.of("first", "second")) {
            Process openssl =
                    new ProcessBuilder(
                                    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN="
                                            .concat(name)
                                            .concat(
                                                    " -addext subjectAltName=DNS:own.example -keyout - -out -")
                                            .split(" "))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            Files.write(file, openssl.getInputStream().readAllBytes());
            Files.setLastModifiedTime(
                    file, FileTime.from(Instant.ofEpochSecond(name.length() * 1000L)));
            files.reload();
            assertThat(curl("own.example", "-k", "-v"))
                    .contains("CN=" + name)
                    .endsWith("200\nexit 0");
        }
        Files.writeString(file, "broken");
        files.reload();
        assertThat(curl("own.example", "-k", "-v")).contains("CN=second").endsWith("200\nexit 0");
        Files.delete(file);
        files.reload();
        assertThat(curl("own.example", "-k")).doesNotEndWith("exit 0");
    }

    private Socket tls(String name) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.rootCertificate());
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(
                                        new Socket(InetAddress.getLoopbackAddress(), port()),
                                        name,
                                        port(),
                                        true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void decryptsForServicesOfBytes() throws Exception {
        try (Socket socket = tls("bytes.localhost")) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 10; i++) {
                out.write(("hello " + i).getBytes(StandardCharsets.US_ASCII));
                assertThat(
                                new String(
                                        socket.getInputStream().readNBytes(7),
                                        StandardCharsets.US_ASCII))
                        .isEqualTo("hello " + i);
            }
        }
    }

    @Test
    void passesTlsThroughToTheService() throws Exception {
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        var leaf = authority.find("through.localhost").orElseThrow();
        keys.setKeyEntry(
                "key",
                leaf.key(),
                new char[0],
                leaf.chain().toArray(java.security.cert.Certificate[]::new));
        var managers =
                javax.net.ssl.KeyManagerFactory.getInstance(
                        javax.net.ssl.KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        try (SSLServerSocket server =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (Socket accepted = server.accept()) {
                                    accepted.getInputStream()
                                            .transferTo(accepted.getOutputStream());
                                } catch (IOException closed) {
                                    assertThat(closed).isNotNull();
                                }
                            });
            FakeService through =
                    new FakeService(
                            "through",
                            ServiceSettings.DEFAULT.withProtocol(Protocol.TCP),
                            new Backend.Host((InetSocketAddress) server.getLocalSocketAddress()));
            routes.update(
                    table ->
                            table.withHost(
                                    "through.localhost",
                                    new Route(through, Route.Tls.PASS_THROUGH)));
            try (Socket socket = tls("through.localhost")) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write("sealed".getBytes(StandardCharsets.US_ASCII));
                assertThat(
                                new String(
                                        socket.getInputStream().readNBytes(6),
                                        StandardCharsets.US_ASCII))
                        .isEqualTo("sealed");
            }
        }
    }
}
