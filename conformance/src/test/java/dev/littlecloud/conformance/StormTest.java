package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that never leave the processor by themselves, or leave it all the time. Each has an
 * instance of its own, which can be ended at any moment, while a neighbour goes on answering.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StormTest {
    private static final int SIGKILL = 9;
    private static final int ANSWERS = 50;
    private static final String PROGRAM = "/conformance/hostile/storms";
    private static final InstanceSpec SPEC =
            InstanceSpec.DEFAULT.withLimits(
                    Limits.DEFAULT.withMemoryBytes(64L << 20).withCpus(new CpuLimit(2000)));

    private Image image;
    private GuestService neighbour;

    @BeforeAll
    void startNeighbour() throws IOException, InterruptedException {
        image = Suite.get().image();
        neighbour = new GuestService(image, InstanceSpec.DEFAULT, List.of("/bin/busybox", "cat"));
    }

    @AfterAll
    void stopNeighbour() throws IOException {
        neighbour.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "interrupts_off",
                "loops",
                "faults",
                "ports",
                "interrupts",
                "privileged",
                "single_steps",
                "stubs",
                "halves",
                "calls"
            })
    void isKilledWhileTheNeighbourAnswers(String storm) throws Exception {
        try (GuestService hostile = new GuestService(image, SPEC, List.of(PROGRAM, "@" + storm))) {
            assertThat(hostile.line()).as(hostile.complaints()).isEqualTo("go");
            requireNeighbour();
            hostile.signal(SIGKILL);
            assertThat(hostile.exit()).isEqualTo(new ExitStatus.Signaled(SIGKILL));
        }
        requireNeighbour();
    }

    @ParameterizedTest
    @ValueSource(strings = {"interrupts_off", "faults", "ports", "halves"})
    void isEndedWhenItsTimeIsUp(String storm) throws Exception {
        Duration time = Duration.ofMillis(200);
        InstanceSpec brief = SPEC.withLimits(SPEC.limits().withTimeout(time));
        try (GuestService hostile = new GuestService(image, brief, List.of(PROGRAM, "@" + storm))) {
            requireNeighbour();
            assertThat(hostile.exit()).isEqualTo(new ExitStatus.TimedOut(time));
        }
        requireNeighbour();
    }

    private void requireNeighbour() throws Exception {
        for (int i = 0; i < ANSWERS; i++) {
            neighbour.type("question " + i);
            assertThat(neighbour.line()).isEqualTo("question " + i);
        }
    }
}
