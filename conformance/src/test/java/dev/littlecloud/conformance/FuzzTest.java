package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random system calls with hostile arguments, for a fixed time. In the guest only: on the host they
 * would do what they say.
 */
class FuzzTest {
    private static final String PROGRAM = "/conformance/hostile/fuzz";
    private static final long MILLISECONDS = Long.getLong("conformance.fuzz.milliseconds", 8000);

    @Test
    void refusesToRunOnTheHost() throws IOException, InterruptedException {
        Result result = Suite.get().onHost("hostile/fuzz", List.of(PROGRAM, "1", "1"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.stderr()).contains("refuses to run");
    }

    @Test
    void guestSurvivesRandomSystemCalls() throws IOException, InterruptedException {
        assumeTrue(Suite.wanted("hostile/fuzz", "guest"), "the guest's side is switched off");
        long seed = Long.getLong("conformance.fuzz.seed", 20261121);
        Result result =
                Suite.get()
                        .inGuest(
                                List.of(
                                        "/bin/busybox",
                                        "env",
                                        "LITTLECLOUD_GUEST=1",
                                        PROGRAM,
                                        Long.toString(seed),
                                        Long.toString(MILLISECONDS)));
        System.out.println("fuzz: " + result.stdout().strip());
        assertThat(result.timedOut()).as("seed %d: %s", seed, result.describe()).isFalse();
        assertThat(result.exitCode()).as("seed %d: %s", seed, result.describe()).isZero();
        assertThat(result.stdout()).contains("seed " + seed).containsPattern("[1-9]\\d* children");
    }
}
