package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who ends when the memory is used up, as with a control group of Linux. */
class ShortageTest {
    private static final long MEMORY_BYTES = 32L << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private record Outcome(ExitStatus status, String output) {}

    private static Outcome run(String shortage) throws Exception {
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(),
                        Limits.DEFAULT.withMemoryBytes(MEMORY_BYTES),
                        List.of(),
                        "/conformance/hostile/shortage",
                        shortage)) {
            ExitStatus status = instance.end(DEADLINE);
            return new Outcome(status, instance.output());
        }
    }

    @Test
    void theLargestProcessIsKilledAndTheOthersGoOn() throws Exception {
        Outcome outcome = run("child");
        assertThat(outcome.output()).isEqualTo("oom_kill 1: child killed\n");
        assertThat(outcome.status()).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void memoryThatTheKernelTouchesForAProcessCountsAsItsOwn() throws Exception {
        Outcome outcome = run("reading_child");
        assertThat(outcome.output()).isEqualTo("oom_kill 1: child killed\n");
        assertThat(outcome.status()).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void aProcessThatOfferedItselfIsKilledFirst() throws Exception {
        Outcome outcome = run("volunteer");
        // The second may have been killed by the time that the first is reported.
        assertThat(outcome.output())
                .matches("oom_kill [12]: volunteer killed\noom_kill 2: greedy killed\n");
    }

    @Test
    void filesLeaveMemoryToPrograms() throws Exception {
        Outcome outcome = run("shared_memory");
        assertThat(outcome.output()).isEqualTo("oom_kill 0: child refused\n");
    }

    @Test
    void theInstanceEndsWithItsFirstProcess() throws Exception {
        Outcome outcome = run("first");
        assertThat(outcome.status()).isEqualTo(new ExitStatus.OutOfMemory(MEMORY_BYTES));
        assertThat(outcome.status().code()).isEqualTo(137);
        assertThat(outcome.status().explanation().orElseThrow()).contains("--memory");
    }
}
