package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeRunnerTest {
    private final NativeRunner runner = new NativeRunner(Suite.ROOT);

    private Result shell(String script, Duration deadline)
            throws IOException, InterruptedException {
        return runner.run(List.of("/bin/sh", "-c", script), deadline);
    }

    @Test
    void givesExitCodeAndBothStreams() throws IOException, InterruptedException {
        Result result = shell("echo out; echo err >&2; exit 3", Duration.ofSeconds(10));
        assertThat(result).isEqualTo(new Result(3, "out\n", "err\n", false));
    }

    @Test
    void tellsDeathBySignal() throws IOException, InterruptedException {
        assertThat(shell("kill -KILL $$", Duration.ofSeconds(10)).exitCode()).isEqualTo(137);
    }

    @Test
    void endsWhatRunsTooLong() throws IOException, InterruptedException {
        Result result = shell("echo begun; exec sleep 100", Duration.ofMillis(500));
        assertThat(result.timedOut()).isTrue();
        assertThat(result.stdout()).isEqualTo("begun\n");
    }

    @Test
    void leavesNoProcessBehind() throws IOException, InterruptedException {
        Result result = shell("sleep 100 & echo $!", Duration.ofSeconds(10));
        Path left = Path.of("/proc", result.stdout().strip(), "cmdline");
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        // Killed at once, and a zombie with an empty command line until its adopter reaps it.
        while (hasCommandLine(left) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(hasCommandLine(left)).isFalse();
    }

    private static boolean hasCommandLine(Path file) throws IOException {
        try {
            return Files.readAllBytes(file).length > 0;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    @Test
    void aDifferenceInAnyPartIsADifference() {
        Result result = new Result(0, "a", "b", false);
        assertThat(result.looksLike(new Result(0, "a", "b", false))).isTrue();
        assertThat(result.looksLike(new Result(1, "a", "b", false))).isFalse();
        assertThat(result.looksLike(new Result(0, "x", "b", false))).isFalse();
        assertThat(result.looksLike(new Result(0, "a", "x", false))).isFalse();
        assertThat(result.looksLike(new Result(0, "a", "b", true))).isFalse();
    }
}
