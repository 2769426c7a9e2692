package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Services of bytes on ports of their own, and the PROXY protocol. */
class BytesTest {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static FakeService service(StreamServer.Program program) {
        return new FakeService(
                "bytes",
                ServiceSettings.DEFAULT.withProtocol(Protocol.TCP),
                new Backend.Guest(new StreamServer(program)));
    }

    @Test
    void joinsAPortWithAService() throws Exception {
        int port = freePort();
        FakeService service = service(InputStream::transferTo);
        try (TestGateway gateway = new TestGateway()) {
            gateway.routes.update(table -> table.withPort(port, service));
            assertThat(gateway.gateway.portFailures()).isEmpty();
            try (RawClient client = new RawClient(port)) {
                assertThat(client.send("hello").read(5)).isEqualTo("hello");
                client.send("the end");
                client.socket.shutdownOutput();
                assertThat(
                                new String(
                                        client.in.readAllBytes(),
                                        java.nio.charset.StandardCharsets.US_ASCII))
                        .isEqualTo("the end");
            }
            TestGateway.await(() -> service.leases() == 0);

            gateway.routes.update(table -> table.withoutPort(port));
            assertThat(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()))
                    .satisfies(ServerSocket::close);
        }
    }

    /**
     * Hundredths of a second until the keep-alive timer of a connection expires; empty while it has
     * another timer. See the column "tr tm->when" of proc_net_tcp.txt of Linux.
     */
    private static OptionalLong keepAliveTimer(int local, int remote) {
        String ports = ":%04X [0-9A-F]+:%04X ".formatted(local, remote);
        Pattern row = Pattern.compile(ports + "01 [0-9A-F:]+ 02:([0-9A-F]+) ");
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            Matcher found = row.matcher(content(Path.of(table)));
            if (found.find()) {
                return OptionalLong.of(Long.parseLong(found.group(1), 16));
            }
        }
        return OptionalLong.empty();
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void findsOutClientsThatAreGoneWithoutAWord() throws Exception {
        int port = freePort();
        FakeService service = service(InputStream::transferTo);
        try (TestGateway gateway = new TestGateway()) {
            gateway.routes.update(table -> table.withPort(port, service));
            try (RawClient client = new RawClient(port)) {
                assertThat(client.send("hello").read(5)).isEqualTo("hello");
                int from = client.socket.getLocalPort();
                AtomicLong rest = new AtomicLong();
                TestGateway.await(
                        () -> {
                            OptionalLong timer = keepAliveTimer(port, from);
                            timer.ifPresent(rest::set);
                            return timer.isPresent();
                        });
                // Linux' own is two hours.
                assertThat(rest.get()).isLessThanOrEqualTo(60_00);

                client.socket.setSoLinger(true, 0);
            }
            TestGateway.await(() -> service.leases() == 0);
        }
    }

    @Test
    void keepsBytesUntilTheInstanceIsThere() throws Exception {
        int port = freePort();
        FakeService service = service(InputStream::transferTo).asleep();
        try (TestGateway gateway = new TestGateway()) {
            gateway.routes.update(table -> table.withPort(port, service));
            try (RawClient client = new RawClient(port)) {
                client.send("early");
                TestGateway.await(() -> service.waiting() == 1);
                service.wake();
                assertThat(client.read(5)).isEqualTo("early");
            }
        }
    }

    @Test
    void carriesMuchWhileTheOtherSideIsSlow() throws Exception {
        int port = freePort();
        FakeService service =
                service(
                        (in, out) -> {
                            for (int i = 0; i < 20_000_000; i += 100_000) {
                                out.write(new byte[100_000]);
                            }
                        });
        try (TestGateway gateway = new TestGateway()) {
            gateway.routes.update(table -> table.withPort(port, service));
            try (RawClient client = new RawClient(port)) {
                long count = 0;
                byte[] part = new byte[10_000];
                for (int read = client.in.read(part); read >= 0; read = client.in.read(part)) {
                    count += read;
                }
                assertThat(count).isEqualTo(20_000_000);
            }
        }
    }

    @Test
    void closesWhereThereIsNoInstance() throws Exception {
        int port = freePort();
        FakeService service =
                service(InputStream::transferTo).refusing(new Refusal(Reason.CRASH_LOOP, "no"));
        try (TestGateway gateway = new TestGateway()) {
            gateway.routes.update(table -> table.withPort(port, service));
            try (RawClient client = new RawClient(port)) {
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void saysWhichPortsItCannotHave() throws Exception {
        try (TestGateway gateway = new TestGateway();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            gateway.routes.update(table -> table.withPort(port, service(InputStream::transferTo)));

            assertThat(gateway.gateway.portFailures().get(port)).contains("cannot listen");
        }
    }

    @Test
    void refusesHttpForServicesOfBytes() throws Exception {
        ServiceSettings bytes = ServiceSettings.DEFAULT.withProtocol(Protocol.TCP);
        try (TestGateway gateway = new TestGateway(GatewayConfig.DEFAULT, bytes);
                RawClient client = gateway.client()) {
            assertThat(client.get("/").response().status()).isEqualTo(421);
        }
    }

    @Test
    void believesProxyHeadersOfTheNamedPeersOnly() throws Exception {
        GatewayConfig config =
                GatewayConfig.DEFAULT.withProxyPeers(List.of(AddressRange.parse("10.0.0.0/8")));
        try (TestGateway gateway = new TestGateway(config, ServiceSettings.DEFAULT)) {
            try (RawClient client = gateway.client()) {
                assertThat(client.get("/").response().body())
                        .containsIgnoringCase("x-forwarded-for: 127.0.0.1\n");
            }
            try (RawClient client = gateway.client()) {
                client.send("PROXY TCP4 203.0.113.7 10.0.0.1 5555 80\r\n");
                assertThat(client.get("/").response().status()).isEqualTo(400);
            }
        }
    }

    @Test
    void learnsTheClientFromProxyHeaders() throws Exception {
        GatewayConfig config =
                GatewayConfig.DEFAULT.withProxyPeers(List.of(AddressRange.parse("127.0.0.0/8")));
        try (TestGateway gateway = new TestGateway(config, ServiceSettings.DEFAULT)) {
            try (RawClient client = gateway.client()) {
                client.send("PROXY TCP4 203.0.113.7 10.0.0.1 5555 80\r\n");
                assertThat(client.get("/").response().body())
                        .containsIgnoringCase("x-forwarded-for: 203.0.113.7\n");
                InetSocketAddress peer = Objects.requireNonNull(gateway.server.lastPeer());
                assertThat(peer.getHostString()).isEqualTo("203.0.113.7");
            }
            try (RawClient client = gateway.client()) {
                client.send(
                        "\r\n\r\n\u0000\r\nQUIT\n\u0021\u0021\u0000\u0024"
                                + "\u0020\u0001\r\u00b8"
                                + "\u0000".repeat(11)
                                + "\u0009"
                                + "\u0000".repeat(15)
                                + "\u0001"
                                + "\u0015\u00b3\u0000\u0050");
                assertThat(client.get("/").response().body())
                        .containsIgnoringCase("x-forwarded-for: 2001:db8:0:0:0:0:0:9\n")
                        .containsIgnoringCase("forwarded: for=\"[2001:db8:0:0:0:0:0:9]\"");
            }
            try (RawClient client = gateway.client()) {
                client.send("PROXY UNKNOWN\r\n");
                assertThat(client.get("/").response().body())
                        .containsIgnoringCase("x-forwarded-for: 127.0.0.1\n");
            }
            try (RawClient client = gateway.client()) {
                client.get("/");
                assertThat(client.isClosed()).isTrue();
            }
        }
    }
}
