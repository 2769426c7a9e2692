package dev.littlecloud.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
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
                poller.look(() -> {});
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

    /** Hears of readiness, and keeps what is to be told later. */
    private final class Late implements HostEvents {
        final ArrayDeque<Runnable> news = new ArrayDeque<>();

        @Override
        public void ready(int told) {
            events.add(told);
        }

        @Override
        public boolean isToldLater() {
            return true;
        }

        @Override
        public void soon(Runnable item) {
            news.add(item);
        }

        void tell() {
            for (Runnable item = news.poll(); item != null; item = news.poll()) {
                item.run();
            }
        }
    }

    private HostConnection connectLate(ServerSocket server, Late listener) throws Exception {
        HostConnection connection = connect(addressOf(server));
        awaitEvent();
        assertThat(connection.finishConnect()).isZero();
        connection.listener(listener);
        return connection;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(Socket peer, int length) throws IOException {
        return new String(peer.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsSentLaterComesInOnePieceAndInOrder() throws Exception {
        Late listener = new Late();
        try (ServerSocket server = server()) {
            HostConnection connection = connectLate(server, listener);
            try (Socket peer = server.accept()) {
                assertThat(connection.write(bytes("one "))).isEqualTo(4);
                assertThat(connection.write(bytes("two "))).isEqualTo(4);
                assertThat(listener.news).hasSize(1);
                assertThat(peer.getInputStream().available()).isZero();
                listener.tell();
                assertThat(read(peer, 8)).isEqualTo("one two ");
                assertThat(connection.write(bytes("three "))).isEqualTo(6);
                String large = "x".repeat(20_000);
                assertThat(connection.write(bytes(large))).isEqualTo(20_000);
                assertThat(read(peer, 20_006)).isEqualTo("three " + large);
                assertThat(connection.write(bytes("end"))).isEqualTo(3);
                connection.shutdownOutput();
                assertThat(peer.getInputStream().available()).isZero();
                listener.tell();
                assertThat(new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("end");
                connection.close(false);
                listener.tell();
            }
        }
    }

    @Test
    void aCloseLosesNothingThatWasSent() throws Exception {
        Late listener = new Late();
        try (ServerSocket server = server()) {
            HostConnection connection = connectLate(server, listener);
            try (Socket peer = server.accept()) {
                assertThat(connection.write(bytes("hello"))).isEqualTo(5);
                connection.shutdownOutput();
                connection.close(false);
                assertThat(peer.getInputStream().available()).isZero();
                listener.tell();
                assertThat(new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("hello");
            }
        }
    }

    @Test
    void aSlowReaderGetsAllThatWasSentBeforeTheClose() throws Exception {
        Late listener = new Late();
        try (ServerSocket server = server()) {
            HostConnection connection = connectLate(server, listener);
            try (Socket peer = server.accept()) {
                long sent = 0;
                int count = 0;
                while (count >= 0) {
                    count = connection.write(ByteBuffer.allocate(8_000));
                    sent += Math.max(0, count);
                    listener.tell();
                }
                assertThat(count).isEqualTo(-Errno.EAGAIN);
                connection.close(false);
                assertThat(peer.getInputStream().readAllBytes().length).isEqualTo(sent);
            }
        }
    }

    @Test
    void whatCouldNotBeSentLaterIsAnErrnoOfTheNextCall() throws Exception {
        Late listener = new Late();
        try (ServerSocket server = server()) {
            HostConnection connection = connectLate(server, listener);
            Socket peer = server.accept();
            peer.setSoLinger(true, 0);
            assertThat(connection.write(bytes("hello"))).isEqualTo(5);
            peer.close();
            listener.tell();
            assertThat(connection.write(bytes("again"))).isIn(-Errno.ECONNRESET, -Errno.EPIPE);
            connection.close(false);
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
