package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code --cpus} as the host's kernel measures it. More than the limit is never allowed; less is,
 * for as long as the host was busy with others.
 */
class CpuQuotaTest {
    private static final double TOLERANCE = 0.05;
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final int MOST_WINDOWS = 15;
    private static final Pattern BURNING = Pattern.compile("held \\d+ OK\\n");

    @ParameterizedTest
    @CsvSource({
        "500, burn_1, 0.5",
        "500, burn_3, 0.5",
        "1000, burn_3, 1",
        "1500, burn_3, 1.5",
        "2000, burn_3, 2"
    })
    void holdsWithinFivePercentOverASecond(int milliCpus, String program, double expected)
            throws Exception {
        Limits limits = Limits.DEFAULT.withMemoryBytes(64 << 20).withCpus(new CpuLimit(milliCpus));
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(),
                        limits,
                        List.of(),
                        "/conformance/hostile/task_bombs",
                        program)) {
            assertThat(instance.awaitOutput(BURNING, Duration.ofSeconds(60))).isNotNull();
            Share best = new Share(0, 0);
            for (int i = 0; i < MOST_WINDOWS && best.allowed < expected * (1 - TOLERANCE); i++) {
                best = window();
                System.out.printf("cpus %.1f, %s: %s%n", milliCpus / 1000.0, program, best);
                assertThat(best.used).isLessThan(expected * (1 + TOLERANCE));
            }
            assertThat(best.allowed).isGreaterThan(expected * (1 - TOLERANCE));
        }
    }

    /**
     * What the processors' threads had over a second, for each nanosecond.
     *
     * @param used processor time, at least
     * @param allowed the same, and the time that they would have run and the host was busy, at most
     */
    private record Share(double used, double allowed) {}

    private static Share window() throws IOException, InterruptedException {
        long beforeFirst = System.nanoTime();
        long[] before = totals();
        long afterFirst = System.nanoTime();
        while (System.nanoTime() - afterFirst < WINDOW_NANOS) {
            Thread.sleep(10);
        }
        long beforeLast = System.nanoTime();
        long[] after = totals();
        // This thread waits for a processor as well: what it measured is between these two times.
        double most = System.nanoTime() - beforeFirst;
        double least = beforeLast - afterFirst;
        double used = after[0] - before[0];
        return new Share(used / most, (used + after[1] - before[1]) / least);
    }

    /** Time run and time waited for a processor of the host, of all carriers; schedstats. */
    private static long[] totals() throws IOException {
        long[] totals = new long[2];
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    if (Files.readString(thread.resolve("comm")).startsWith("vcpu-")) {
                        String[] times =
                                Files.readString(thread.resolve("schedstat")).strip().split(" ");
                        totals[0] += Long.parseLong(times[0]);
                        totals[1] += Long.parseLong(times[1]);
                    }
                } catch (IOException ended) {
                    // A thread of the collector or the compiler went away meanwhile.
                }
            }
        }
        return totals;
    }
}
