package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.network.Neighbours;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.GuestStream;
import dev.littlecloud.runtime.template.Lines;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance is frozen while its clients stay connected, and goes on with what it knew. */
class FreezingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Answers each line with its number on this connection. */
    private static final String COUNTER =
            "exec nc -ll -p 8080 -e /bin/sh -c "
                    + "'n=0; while read line; do n=$((n+1)); echo \"$n $line\"; done'";

    private static final GuestStream.Listener NOBODY =
            new GuestStream.Listener() {
                @Override
                public void readable() {}

                @Override
                public void writable() {}
            };

    @TempDir private Path directory = Path.of("");
    private final Semaphore wanted = new Semaphore(0);
    private final Lines lines = new Lines(wanted::release);

    private static ByteChannel connect(Clone clone) throws IOException {
        return clone.connect(8080, new InetSocketAddress("192.0.2.7", 40000), NOBODY).blocking();
    }

    private static void send(ByteChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String line(ByteChannel channel) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (channel.read(one.clear()) > 0 && one.get(0) != '\n') {
            line.append((char) one.get(0));
        }
        return line.toString();
    }

    private void requireWanted() throws InterruptedException {
        assertThat(wanted.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void connectionsOutlastTheInstanceAndWhatTheySayWakesIt()
            throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot(COUNTER)) {
            Clone awake = template.start(CloneListener.NONE, lines);
            ByteChannel first = connect(awake);
            ByteChannel second = connect(awake);
            send(first, "a\n");
            assertThat(line(first)).isEqualTo("1 a");
            for (int round = 2; round < 12; round++) {
                try (Template frozen = awake.freeze(PATIENCE)) {
                    assertThat(lines.count()).isEqualTo(2);
                    send(first, "b\n");
                    requireWanted();
                    awake = frozen.start(CloneListener.NONE, lines);
                }
                assertThat(line(first)).isEqualTo(round + " b");
            }
            send(second, "c\n");
            assertThat(line(second)).isEqualTo("1 c");
            first.close();
            second.close();
            awake.close();
        }
    }

    @Test
    void clientsThatLeaveMeanwhileWakeNobodyAndAreMissedLater()
            throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot(COUNTER)) {
            Clone awake = template.start(CloneListener.NONE, lines);
            ByteChannel gone = connect(awake);
            send(gone, "a\n");
            assertThat(line(gone)).isEqualTo("1 a");
            try (Template frozen = awake.freeze(PATIENCE)) {
                gone.close();
                assertThat(wanted.availablePermits()).isZero();
                awake = frozen.start(CloneListener.NONE, lines);
            }
            // Its shell finds the end, and its server goes on.
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (lines.count() > 0) {
                assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
                Thread.sleep(2);
            }
            try (ByteChannel next = connect(awake)) {
                send(next, "b\n");
                assertThat(line(next)).isEqualTo("1 b");
            }
            awake.close();
        }
    }

    @Test
    void afterARestartItsMemoryIsThereAndItsConnectionsAreBroken()
            throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot(COUNTER)) {
            Clone awake = template.start(CloneListener.NONE, lines);
            ByteChannel lost = connect(awake);
            send(lost, "a\n");
            assertThat(line(lost)).isEqualTo("1 a");
            try (Template frozen = awake.freeze(PATIENCE)) {
                frozen.save(directory.resolve("state"), List.of());
            }
            lines.breakOff();
            assertThatThrownBy(() -> line(lost)).isInstanceOf(IOException.class);
        }
        Lines none = new Lines(() -> {});
        try (Template loaded =
                        new LocalTemplates()
                                .loadInstance(
                                        directory.resolve("state"),
                                        TemplatesTest.spec(COUNTER),
                                        Suite.get().image());
                Clone awake = loaded.start(CloneListener.NONE, none);
                ByteChannel next = connect(awake)) {
            send(next, "b\n");
            assertThat(line(next)).isEqualTo("1 b");
            awake.freeze(PATIENCE).close();
        }
    }

    /** Another service, with which nobody ever speaks. */
    private static final class Silent implements Neighbours, HostStream {
        private static final int ADDRESS = 172 << 24 | 20 << 16 | 1000;

        final CountDownLatch connected = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        private @Nullable HostEvents events;

        @Override
        public boolean exist() {
            return true;
        }

        @Override
        public OptionalInt address(String name) {
            return name.equals("silent") ? OptionalInt.of(ADDRESS) : OptionalInt.empty();
        }

        @Override
        public Optional<String> name(int address) {
            return Optional.empty();
        }

        @Override
        public boolean owns(int address) {
            return address == ADDRESS;
        }

        @Override
        public int permits(int address, int port) {
            return 0;
        }

        @Override
        public HostStream connect(int address, int port) {
            return this;
        }

        @Override
        public void listener(HostEvents listener) {
            events = listener;
        }

        @Override
        public void want(int wanted) {
            HostEvents listener = events;
            if (listener != null && (wanted & WRITE) != 0) {
                Thread.startVirtualThread(() -> listener.ready(WRITE));
            }
        }

        @Override
        public int finishConnect() {
            connected.countDown();
            return 0;
        }

        @Override
        public int read(ByteBuffer target) {
            return -Errno.EAGAIN;
        }

        @Override
        public int write(ByteBuffer source) {
            int length = source.remaining();
            source.position(source.limit());
            return length;
        }

        @Override
        public void shutdownOutput() {}

        @Override
        public void keepAlive(boolean enabled) {}

        @Override
        public void close(boolean reset) {
            closed.countDown();
        }
    }

    @Test
    void itsOwnConnectionsAreBrokenWhenItGoesOn() throws IOException, InterruptedException {
        Silent silent = new Silent();
        String script =
                "mkfifo /tmp/quiet; sleep 10000 > /tmp/quiet &"
                        + " exec nc -ll -p 8080 -e /bin/sh -c"
                        + " 'nc silent.internal 7000 < /tmp/quiet; echo ended with $?'";
        try (Template template =
                new LocalTemplates()
                        .among(silent)
                        .boot(
                                TemplatesTest.spec(script),
                                Suite.get().image(),
                                new Readiness.Listens(8080),
                                Duration.ofSeconds(60))) {
            Clone awake = template.start(CloneListener.NONE, lines);
            ByteChannel client = connect(awake);
            assertThat(silent.connected.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            try (Template frozen = awake.freeze(PATIENCE)) {
                assertThat(silent.closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                awake = frozen.start(CloneListener.NONE, lines);
            }
            assertThat(line(client)).startsWith("ended with ");
            client.close();
            awake.close();
        }
    }

    @Test
    void whatCannotBeFrozenGoesOn() throws IOException, InterruptedException {
        String script = "nc -ll -p 8080 -e /bin/sh -c 'read line; while :; do :; done'";
        try (Template template = TemplatesTest.boot(script)) {
            Clone awake = template.start(CloneListener.NONE, lines);
            ByteChannel channel = connect(awake);
            send(channel, "go\n");
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (awake.usage().bytesIn() == 0) {
                assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
                Thread.sleep(2);
            }
            assertThatThrownBy(() -> awake.freeze(Duration.ofMillis(200)))
                    .isInstanceOf(InstanceException.class)
                    .hasMessage("its programs are never idle");
            assertThat(awake.isListening(8080)).isTrue();
            channel.close();
            awake.close();
            assertThatThrownBy(() -> awake.freeze(PATIENCE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessage("it has ended");
        }
    }
}
