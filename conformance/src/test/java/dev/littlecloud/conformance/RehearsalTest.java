package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.template.Burst;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests from which a template learns before anyone asks. */
class RehearsalTest {
    private static final int PORT = 8080;
    private static final int BURST = 6;
    private static final byte[] REQUEST = "hello\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    void whatIsExpectedIsStagedBeforeAnyoneAsks() throws Exception {
        String script =
                "cd /tmp; echo none > note; exec nc -ll -p 8080 -e /bin/sh -c "
                        + "'read line; cat note; echo $line > note'";
        try (Template template = TemplatesTest.boot(script)) {
            template.rehearse(PORT, REQUEST);
            assertThat(template.hasLearned()).isTrue();

            template.expect(Burst.now(BURST));
            StagedClonesTest.await(() -> template.staged() >= BURST);

            try (Clone clone = template.start(CloneListener.NONE)) {
                assertThat(clone.startTimes().staged()).isTrue();
                assertThat(TemplatesTest.exchange(clone, "first\n")).isEqualTo("none\n");
            }
            template.atMost(2);
            StagedClonesTest.await(() -> template.staged() == 2);
        }
    }

    @Test
    void aRehearsalHasNoWayOut() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket outside = new ServerSocket()) {
            outside.bind(new InetSocketAddress(loopback, 0));
            int port = outside.getLocalPort();
            String script =
                    "exec nc -ll -p 8080 -e /bin/sh -c "
                            + "'read line; echo $line | nc -w 5 172.20.0.1 %d; echo end'"
                                    .formatted(port);
            InstanceSpec spec = TemplatesTest.spec(script);
            InstanceSpec open =
                    new InstanceSpec(
                            spec.process(),
                            spec.limits(),
                            new NetworkPolicy(
                                    NetworkPolicy.Mode.OUTBOUND,
                                    List.of(new Endpoint(loopback, port))),
                            spec.ports(),
                            spec.volumes(),
                            spec.hostname(),
                            spec.readOnlyRoot(),
                            spec.observation());
            try (Template template =
                    new LocalTemplates()
                            .boot(
                                    open,
                                    Suite.get().image(),
                                    new Readiness.Listens(PORT),
                                    DEADLINE)) {
                template.rehearse(PORT, REQUEST);
                assertThat(template.hasLearned()).isTrue();

                Thread asking =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try (Clone clone = template.start(CloneListener.NONE)) {
                                                TemplatesTest.exchange(clone, "from a user\n");
                                            } catch (IOException cutOff) {
                                                throw new AssertionError(cutOff);
                                            }
                                        });
                try (Socket first = outside.accept()) {
                    byte[] bytes = first.getInputStream().readNBytes(12);
                    assertThat(new String(bytes, StandardCharsets.US_ASCII))
                            .isEqualTo("from a user\n");
                }
                asking.join();
            }
        }
    }

    @Test
    void whatNeverAnswersIsGivenUp() throws Exception {
        try (Template template =
                TemplatesTest.boot("exec nc -ll -p 8080 -e /bin/sh -c 'while :; do :; done'")) {
            template.rehearse(PORT, REQUEST);

            assertThat(template.hasLearned()).isFalse();
            assertThat(template.staged()).isZero();
        }
    }
}
