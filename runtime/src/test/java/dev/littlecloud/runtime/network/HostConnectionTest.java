package dev.littlecloud.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostConnectionTest {
    private static final long DEADLINE_SECONDS = 20;

    private final BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
    private final HostPoller poller = HostPoller.shared();

    private HostConnection connect(InetSocketAddress target) throws IOException {
        HostConnection connection = HostConnection.connect(poller, target, () -> {});
        connection.listener(events::add);
        connection.want(HostStream.WRITE);
        return connection;
    }

    private int awaitEvent() throws InterruptedException {
        Integer event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("an event in time").isNotNull();
        return event;
    }

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress addressOf(ServerSocket server) {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @Test
    void connectsReadsWritesAndSeesTheEnd() throws Exception {
        try (ServerSocket server = server()) {
            HostConnection connection = connect(addressOf(server));
            assertThat(awaitEvent()).isEqualTo(HostStream.WRITE);
            assertThat(connection.finishConnect()).isZero();
            try (Socket peer = server.accept()) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(100);
                assertThat(connection.read(buffer)).isEqualTo(-Errno.EAGAIN);
                connection.want(HostStream.READ);
                peer.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                assertThat(awaitEvent()).isEqualTo(HostStream.READ);
                assertThat(connection.read(buffer)).isEqualTo(5);
                assertThat(connection.write(buffer.flip())).isEqualTo(5);
                assertThat(peer.getInputStream().readNBytes(5))
                        .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
                connection.shutdownOutput();
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
            connection.want(HostStream.READ);
            assertThat(awaitEvent()).isEqualTo(HostStream.READ);
            assertThat(connection.read(ByteBuffer.allocateDirect(1))).isEqualTo(HostStream.END);
            connection.close(false);
        }
    }

    @Test
    void whoeverIsAwakeTellsOfEvents() throws Exception {
        assertThat(poller.takeOver()).isTrue();
        try (ServerSocket server = server()) {
            assertThat(poller.takeOver()).as("a second one").isFalse();
            HostConnection connection = connect(addressOf(server));
            Integer event = null;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (event == null && System.nanoTime() < end) {
                poller.look();
                event = events.poll();
            }
            assertThat(event).isEqualTo(HostStream.WRITE);
            assertThat(connection.finishConnect()).isZero();
            connection.close(false);
        } finally {
            poller.giveBack();
        }
        connectsReadsWritesAndSeesTheEnd();
    }

    @Test
    void nobodyWaitsForOneWhoTookOverAndDoesNotLook() throws Exception {
        assertThat(poller.takeOver()).isTrue();
        try {
            connectsReadsWritesAndSeesTheEnd();
        } finally {
            poller.giveBack();
        }
    }

    @Test
    void tellsWhyAConnectionFailed() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket server = server()) {
            nobody = addressOf(server);
        }
        HostConnection connection = connect(nobody);
        assertThat(awaitEvent()).isEqualTo(HostStream.WRITE);
        assertThat(connection.finishConnect()).isEqualTo(-Errno.ECONNREFUSED);
        connection.close(false);
    }

    @Test
    void closingWithAResetIsSeenAsOne() throws Exception {
        try (ServerSocket server = server()) {
            HostConnection connection = connect(addressOf(server));
            awaitEvent();
            connection.finishConnect();
            try (Socket peer = server.accept()) {
                connection.close(true);
                peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
                org.assertj.core.api.Assertions.assertThatThrownBy(
                                () -> peer.getInputStream().read())
                        .hasMessageContaining("reset");
            }
        }
    }

    @Test
    void aPeersResetIsAnErrno() throws Exception {
        try (ServerSocket server = server()) {
            HostConnection connection = connect(addressOf(server));
            awaitEvent();
            connection.finishConnect();
            Socket peer = server.accept();
            peer.setSoLinger(true, 0);
            connection.want(HostStream.READ);
            peer.close();
            assertThat(awaitEvent()).isEqualTo(HostStream.READ);
            assertThat(connection.read(ByteBuffer.allocateDirect(1))).isEqualTo(-Errno.ECONNRESET);
            connection.close(false);
        }
    }
}
