package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.ConnectionRefusedException;
import dev.littlecloud.runtime.template.GuestStream;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service is booted once; what answers requests are its clones. */
class TemplatesTest {
    private static final int PORT = 8080;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static final GuestStream.Listener NOBODY =
            new GuestStream.Listener() {
                @Override
                public void readable() {}

                @Override
                public void writable() {}
            };

    /** An instance that runs a script of the shell. */
    static InstanceSpec spec(String script) {
        ProcessSpec process =
                new ProcessSpec(
                        List.of("/bin/sh", "-c", script),
                        List.of(),
                        GuestRoot.ENVIRONMENT,
                        "/tmp",
                        "0:0",
                        false,
                        false);
        return InstanceSpec.DEFAULT.withProcess(process);
    }

    private static Template boot(String script, Readiness readiness, Duration deadline)
            throws IOException, InterruptedException {
        return new LocalTemplates().boot(spec(script), Suite.get().image(), readiness, deadline);
    }

    static Template boot(String script) throws IOException, InterruptedException {
        return boot(script, new Readiness.Listens(PORT), DEADLINE);
    }

    private static ByteChannel connect(Clone clone, int port) throws IOException {
        return clone.connect(port, new InetSocketAddress("192.0.2.7", 40000), NOBODY).blocking();
    }

    static String exchange(Clone clone, String request) throws IOException {
        return exchange(clone, PORT, request.getBytes(StandardCharsets.US_ASCII));
    }

    /** What a clone answers to a request until it closes the connection. */
    static String exchange(Clone clone, int port, byte[] request) throws IOException {
        try (ByteChannel channel = connect(clone, port)) {
            channel.write(ByteBuffer.wrap(request));
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            while (channel.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
        }
    }

    @Test
    void clonesAnswerAndKeepToThemselves() throws IOException, InterruptedException {
        String script =
                "echo none > /tmp/note; cd /tmp; "
                        + "exec nc -ll -p 8080 -e /bin/sh -c "
                        + "'read line; cat note; echo \"$line\" > note; cat note'";
        try (Template template = boot(script);
                Clone one = template.start(CloneListener.NONE);
                Clone other = template.start(CloneListener.NONE)) {
            assertThat(exchange(one, "first\n")).isEqualTo("none\nfirst\n");
            assertThat(exchange(one, "second\n")).isEqualTo("first\nsecond\n");
            assertThat(exchange(other, "third\n")).isEqualTo("none\nthird\n");
            assertThat(one.id()).isNotEqualTo(other.id());
        }
    }

    @Test
    void clonesTakeMoreMemoryThanTheirTemplateHad() throws IOException, InterruptedException {
        String script =
                "cd /tmp; exec nc -ll -p 8080 -e /bin/sh -c "
                        + "'head -c 40000000 /dev/zero >big; i=0; "
                        + "while [ $i -lt 40 ]; do sleep 0.2 & i=$((i+1)); done; "
                        + "wait; wc -c <big'";
        try (Template template = boot(script);
                Clone one = template.start(CloneListener.NONE);
                Clone other = template.start(CloneListener.NONE)) {
            assertThat(exchange(one, "")).isEqualTo("40000000\n");
            assertThat(exchange(other, "")).isEqualTo("40000000\n");
        }
    }

    @Test
    void aHealthCheckOrAWordMakesReady() throws IOException, InterruptedException {
        String slow = "nc -ll -p 8080 -e echo up & sleep 0.3; touch /tmp/healthy; wait";
        Readiness check =
                new Readiness.Command(
                        List.of("sh", "-c", "test -e /tmp/healthy"), Duration.ofMillis(10));
        try (Template template = boot(slow, check, DEADLINE);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(exchange(clone, "")).isEqualTo("up\n");
        }
        String says = "nc -ll -p 8080 -e echo said & touch /dev/shm/.littlecloud-ready; wait";
        try (Template template = boot(says, new Readiness.Told(), DEADLINE);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(exchange(clone, "")).isEqualTo("said\n");
        }
    }

    @Test
    void aProgramMayHaveAClockThatTicksAllTheTime() throws IOException, InterruptedException {
        String script = "while sleep 0.003; do :; done & exec nc -ll -p 8080 -e echo hello";
        try (Template template = boot(script);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(exchange(clone, "")).isEqualTo("hello\n");
        }
    }

    @Test
    void aHealthCheckThatIsMissingIsToldAtOnce() {
        assertThatThrownBy(
                        () ->
                                boot(
                                        "exec sleep 1000",
                                        new Readiness.Command(List.of("no-such"), Duration.ZERO),
                                        DEADLINE))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("'no-such' cannot be executed");
    }

    @Test
    void clonesOutliveTheirTemplate() throws IOException, InterruptedException {
        Clone clone;
        try (Template template = boot("exec nc -ll -p 8080 -e echo hello")) {
            clone = template.start(CloneListener.NONE);
        }
        try (clone) {
            assertThat(exchange(clone, "")).isEqualTo("hello\n");
            assertThat(clone.isListening(PORT)).isTrue();
            assertThat(clone.isListening(PORT + 1)).isFalse();
        }
        assertThatThrownBy(() -> connect(clone, PORT))
                .isInstanceOf(ConnectionRefusedException.class);
        assertThat(clone.await()).isEqualTo(new ExitStatus.Signaled(9));
    }

    @Test
    void anInstanceThatDoesNotListenTellsItsLastWords() {
        assertThatThrownBy(
                        () ->
                                boot(
                                        "echo waiting for a database; exec sleep 1000",
                                        new Readiness.Listens(PORT),
                                        Duration.ofSeconds(6)))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("does not listen on port 8080 after 6 s")
                .hasMessageContaining("waiting for a database");
    }

    @Test
    void anInstanceThatEndsTellsItsLastWords() {
        assertThatThrownBy(() -> boot("echo no configuration >&2; exit 3"))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("ended before it was ready (exit code 3)")
                .hasMessageContaining("no configuration");
    }

    @Test
    void anInstanceThatNeverRestsCannotBeFrozen() {
        assertThatThrownBy(
                        () ->
                                boot(
                                        "touch /dev/shm/.littlecloud-ready; while :; do :; done",
                                        new Readiness.Told(),
                                        Duration.ofSeconds(12)))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("never idle");
    }
}
