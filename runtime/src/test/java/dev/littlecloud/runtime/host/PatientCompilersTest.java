package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.host.PatientCompilers.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PatientCompilersTest {
    private static final long MILLI = 1_000_000;
    private static final long DEADLINE_NANOS = 60_000_000_000L;
    private static final String NORMAL = "0";
    private static final String ONLY_WHEN_IDLE = "5";

    @Test
    void compilersRunOnlyWhenIdleUntilItIsClosed() throws Exception {
        assertThat(policies()).isNotEmpty().containsOnly(NORMAL);
        try (PatientCompilers _ = PatientCompilers.start()) {
            long until = System.nanoTime() + DEADLINE_NANOS;
            // On a busy machine they starve at times, and are then as any other for a while.
            while (!policies().stream().allMatch(ONLY_WHEN_IDLE::equals)) {
                assertThat(System.nanoTime()).isLessThan(until);
                Thread.sleep(1);
            }
        }
        assertThat(policies()).containsOnly(NORMAL);
    }

    @Test
    void whoWaitsForHalfATickIsPatientNoMore() {
        assertThat(new Turns(400 * MILLI, 200 * MILLI).allowPatience(true)).isTrue();
        assertThat(new Turns(0, 260 * MILLI).allowPatience(true)).isFalse();
    }

    @Test
    void whoHasCaughtUpIsPatientAgain() {
        assertThat(new Turns(400 * MILLI, 0).allowPatience(false)).isFalse();
        assertThat(new Turns(20 * MILLI, 40 * MILLI).allowPatience(false)).isFalse();
        assertThat(new Turns(20 * MILLI, 20 * MILLI).allowPatience(false)).isTrue();
    }

    /** The 41st field of proc_pid_stat(5) of each; the name before it has a blank. */
    private static List<String> policies() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path thread : OwnThreads.named(Pattern.compile("C[12] Compiler"))) {
            String stat = Files.readString(thread.resolve("stat"));
            found.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38]);
        }
        return found;
    }
}
