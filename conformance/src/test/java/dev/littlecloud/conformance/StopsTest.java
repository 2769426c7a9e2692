package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.StopSignal;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs that are asked to end, as {@code docker stop} does it. */
class StopsTest {
    private static final int SIGTERM = 15;

    /** Longer than any of these tests may take. */
    private static final Duration LONG = Duration.ofMinutes(3);

    private static final Duration SHORT = Duration.ofMillis(50);

    private static final String SERVE = "nc -ll -p 8080 -e echo hello & ";

    /** Keeps what is written. */
    private static final class Heard implements CloneListener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public synchronized void output(boolean error, byte[] bytes) {
            text.append(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public void ended(ExitStatus status) {}

        synchronized String text() {
            return text.toString();
        }
    }

    @Test
    void aHandlerRunsToItsEndAndWhatItWritesIsHeard() throws IOException, InterruptedException {
        String script =
                "trap 'sleep 0.1; echo in order; exit 3' TERM; " + SERVE + "while :; do wait; done";
        Heard heard = new Heard();
        try (Template template = TemplatesTest.boot(script);
                Clone clone = template.start(heard)) {
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("hello\n");
            assertThat(clone.stop(SIGTERM, LONG)).isTrue();
            assertThat(clone.await()).isEqualTo(new ExitStatus.Exited(3));
            assertThat(heard.text()).isEqualTo("in order\n");
        }
    }

    @Test
    void aProgramWithoutAHandlerEndsAtOnce() throws IOException, InterruptedException {
        for (String before : List.of("", "trap '' TERM; ", "trap 'echo no' HUP; ")) {
            try (Template template = TemplatesTest.boot(before + SERVE + "wait; exit 1");
                    Clone clone = template.start(CloneListener.NONE)) {
                assertThat(clone.stop(SIGTERM, LONG)).as(before).isTrue();
                assertThat(clone.await()).as(before).isNotEqualTo(new ExitStatus.Exited(1));
            }
        }
    }

    @Test
    void aProgramThatGoesOnIsKilled() throws IOException, InterruptedException {
        String script = "trap 'echo still here' TERM; " + SERVE + "while :; do wait; done";
        try (Template template = TemplatesTest.boot(script);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(clone.stop(SIGTERM, SHORT)).isFalse();
            assertThat(clone.isListening(8080)).isFalse();
            assertThat(clone.stop(SIGTERM, LONG)).isTrue();
        }
    }

    @Test
    void nginxIsToldByItsImageToFinishWhatItDoes() throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
        Image image = new DemoImages().get("nginx");
        ProcessSpec process =
                ProcessSpec.DEFAULT.withCommand(
                        List.of("nginx", "-g", "daemon off; error_log stderr notice;"));
        Heard heard = new Heard();
        try (Template template =
                        new LocalTemplates()
                                .boot(
                                        InstanceSpec.DEFAULT.withProcess(process),
                                        image,
                                        new Readiness.Listens(80),
                                        LONG);
                Clone clone = template.start(heard)) {
            int signal = StopSignal.of(image.config());
            assertThat(signal).isEqualTo(3);
            assertThat(clone.stop(signal, LONG)).isTrue();
            assertThat(clone.await()).isEqualTo(new ExitStatus.Exited(0));
            assertThat(heard.text())
                    .contains("signal 3 (SIGQUIT) received", "gracefully shutting down");
        }
    }
}
