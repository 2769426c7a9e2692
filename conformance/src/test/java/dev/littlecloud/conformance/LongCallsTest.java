package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.Limits;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Calls over enormous ranges: the others of the instance run meanwhile. */
class LongCallsTest {
    private static final long MEMORY_BYTES = 64L << 20;

    /** Without the lock in between, another process gets one or two calls through. */
    private static final long ENOUGH = 8;

    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Pattern MEANWHILE = Pattern.compile("meanwhile (\\d+) (.*)\\n");
    private static final Pattern HELD = Pattern.compile("held (\\d+) (\\w+)\\n");

    @Test
    void othersMakeCallsDuringALongOne() throws Exception {
        String output = run("others_run");
        Matcher call = MEANWHILE.matcher(output);
        int count = 0;
        while (call.find()) {
            assertThat(Long.parseLong(call.group(1)))
                    .as("calls of another process during %s", call.group(2))
                    .isGreaterThanOrEqualTo(ENOUGH);
            count++;
        }
        assertThat(count).as(output).isEqualTo(8);
        assertThat(output).doesNotContain("failed");
    }

    @Test
    void aLongCallEndsWhenItsProcessIsKilled() throws Exception {
        assertThat(run("ends_when_killed")).contains("held 1 OK");
    }

    @Test
    void callsOverEnormousRangesReturn() throws Exception {
        assertThat(run("all")).contains(" OK");
    }

    private static String run(String bomb) throws Exception {
        long started = System.nanoTime();
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(),
                        Limits.DEFAULT.withMemoryBytes(MEMORY_BYTES),
                        List.of(),
                        "/conformance/hostile/long_calls",
                        bomb)) {
            Matcher done = instance.awaitOutput(HELD, DEADLINE);
            assertThat(done).as("%s: %s", bomb, instance.output()).isNotNull();
            System.out.printf(
                    "long calls, %s: %d ms%n%s",
                    bomb, (System.nanoTime() - started) / 1_000_000, instance.output());
            return instance.output();
        }
    }
}
