package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.PortMapping;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers on a published port that are slow, break off, never stop or are many. A connection that was
 * there before goes on, new ones are answered, and no descriptor of this process stays behind.
 */
@Timeout(120)
class HostilePeersTest {
    private static final int FLOOD = 200;
    private static final int BROKEN = 30;
    private static final int PIPELINE_BYTES = 4 << 20;
    private static final long SEED = Long.getLong("seed", 20261121);

    private int echoPort;
    private int deafPort;
    private GuestService server;
    private Socket steady;
    private long socketsBefore;
    private long socketsWithServer;

    /** Connections that the server's system keeps for it: the backlog of port 81. */
    private int kept;

    @BeforeEach
    void startServer() throws Exception {
        echoPort = NeighbourTest.freePort();
        deafPort = NeighbourTest.freePort();
        InstanceSpec spec =
                new InstanceSpec(
                        InstanceSpec.DEFAULT.process(),
                        InstanceSpec.DEFAULT.limits(),
                        NetworkPolicy.DEFAULT,
                        List.of(published(echoPort, 80), published(deafPort, 81)),
                        List.of(),
                        null,
                        false,
                        Observation.NONE);
        socketsBefore = sockets();
        server =
                new GuestService(
                        Suite.get().image(), spec, List.of("/conformance/hostile/server", "@echo"));
        assertThat(server.line()).as(server.complaints()).isEqualTo("go");
        steady = connect(echoPort);
        requireEcho(steady, 1);
        socketsWithServer = sockets();
        assertThat(socketsWithServer).isGreaterThan(socketsBefore);
    }

    @AfterEach
    void nobodyElseWasHarmed() throws Exception {
        try (GuestService running = server;
                Socket open = steady) {
            requireEcho(open, 5000);
            try (Socket another = connect(echoPort)) {
                requireEcho(another, 5000);
            }
            awaitSockets(socketsWithServer + kept);
            running.signal(9);
            assertThat(running.exit()).isEqualTo(new ExitStatus.Signaled(9));
        }
        awaitSockets(socketsBefore);
    }

    private static PortMapping published(int hostPort, int guestPort) {
        return PortMapping.parse("127.0.0.1:" + hostPort + ":" + guestPort);
    }

    @Test
    void sendByteByByte() throws Exception {
        List<Socket> peers = connectMany(10, echoPort);
        for (int i = 0; i < 50; i++) {
            for (Socket peer : peers) {
                requireEcho(peer, 1);
            }
        }
        closeAll(peers);
    }

    @Test
    void resetInTheMiddle() throws Exception {
        byte[] bytes = noise(100_000);
        for (int i = 0; i < BROKEN; i++) {
            try (SocketChannel peer = SocketChannel.open(address(echoPort))) {
                peer.configureBlocking(false);
                // More than the server can give back to somebody who does not read.
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining() && peer.write(rest) > 0) {
                    requireEcho(steady, 1);
                }
                peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        }
    }

    @Test
    void closeHalfOrAtOnce() throws Exception {
        byte[] bytes = noise(50_000);
        for (int i = 0; i < BROKEN; i++) {
            connect(echoPort).close();
            try (Socket peer = connect(echoPort)) {
                peer.shutdownOutput();
                assertThat(peer.getInputStream().readAllBytes()).isEmpty();
            }
        }
        try (Socket peer = connect(echoPort)) {
            CompletableFuture<Void> sent =
                    inBackground(
                            () -> {
                                peer.getOutputStream().write(bytes);
                                peer.shutdownOutput();
                            });
            assertThat(peer.getInputStream().readAllBytes()).isEqualTo(bytes);
            sent.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void comeAllAtOnce() throws Exception {
        List<Socket> peers = connectMany(FLOOD, echoPort);
        requireEcho(steady, 100);
        requireEcho(peers.getLast(), 1);
        closeAll(peers);
    }

    @Test
    void comeWhereNobodyAccepts() throws Exception {
        List<Socket> peers = connectMany(FLOOD, deafPort);
        requireEcho(steady, 100);
        try (Socket another = connect(echoPort)) {
            requireEcho(another, 100);
        }
        closeAll(peers);
        // A backlog of 4 is 5 connections, listen(2); one more waits for room.
        kept = 6;
    }

    @Test
    void sendWithoutEnd() throws Exception {
        byte[] bytes = noise(PIPELINE_BYTES);
        try (Socket peer = connect(echoPort)) {
            CompletableFuture<Void> sent = inBackground(() -> peer.getOutputStream().write(bytes));
            requireEcho(steady, 1000);
            byte[] back = peer.getInputStream().readNBytes(bytes.length);
            sent.get(60, TimeUnit.SECONDS);
            assertThat(back).isEqualTo(bytes);
        }
    }

    // ---- What all share

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(address(port), 60_000);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static List<Socket> connectMany(int count, int port) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(connect(port));
        }
        return sockets;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    private static void requireEcho(Socket socket, int length) throws IOException {
        byte[] bytes = noise(length);
        OutputStream output = socket.getOutputStream();
        output.write(bytes);
        assertThat(socket.getInputStream().readNBytes(length)).isEqualTo(bytes);
    }

    /** Open sockets of this process. */
    private static long sockets() throws IOException {
        long count = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                count += isSocket(descriptor) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException closed) {
            return false;
        }
    }

    /** Waits until no more sockets are open. */
    private static void awaitSockets(long most) throws Exception {
        long end = System.nanoTime() + Suite.PATIENCE.toNanos();
        long open = sockets();
        while (open > most && System.nanoTime() < end) {
            Thread.sleep(5);
            open = sockets();
        }
        assertThat(open).isLessThanOrEqualTo(most);
    }

    private static CompletableFuture<Void> inBackground(Sending sending) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                sending.send();
                                done.complete(null);
                            } catch (IOException failure) {
                                done.completeExceptionally(failure);
                            }
                        });
        return done;
    }

    @FunctionalInterface
    private interface Sending {
        void send() throws IOException;
    }
}
