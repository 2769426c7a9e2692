package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs that start and end much for long, on two processors. {@code -Dminutes=60} has the mixed
 * load go on for an hour.
 */
class EnduranceTest {
    private static final String PROGRAM = "/conformance/fork_exec/endurance";

    /**
     * After so many rounds, and a quarter of the time, the JVM has compiled most of what it runs, and
     * queues and tables have grown.
     */
    private static final int WARM_UP = 4;

    private static final int ROUNDS = 8;

    private static final Duration TIME = Duration.ofMinutes(Long.getLong("minutes", 0));

    /** Far below what one page, object or descriptor for each thread or process would come to. */
    private static final HostUse MOST = new HostUse(8 << 20, 24 << 20, 8);

    private static final int MOST_THREADS = 8;

    private static final InstanceSpec SPEC =
            InstanceSpec.DEFAULT.withLimits(
                    Limits.DEFAULT.withMemoryBytes(128 << 20).withCpus(new CpuLimit(2000)));

    @ParameterizedTest
    @CsvSource({"children, 1000", "threads, 10000"})
    void manyInARow(String what, String count) throws Exception {
        List<String> command = List.of(PROGRAM, "@" + what, count);
        try (GuestService guest = new GuestService(Suite.get().image(), SPEC, command)) {
            assertThat(guest.line()).as(guest.complaints()).isEqualTo(count + " " + what);
            assertThat(guest.exit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    void mixedLoadTakesNoMoreAndMoreOfTheHost() throws Exception {
        List<String> command = List.of(PROGRAM, "@rounds");
        try (GuestService guest = new GuestService(Suite.get().image(), SPEC, command)) {
            int round = 0;
            long warm = System.nanoTime() + TIME.toNanos() / 4;
            while (round < WARM_UP || System.nanoTime() < warm) {
                run(guest, round++);
            }
            HostUse before = HostUse.now();
            int threads = Thread.getAllStackTraces().size();
            int least = round + ROUNDS;
            long end = warm + TIME.toNanos() * 3 / 4;
            while (round < least || System.nanoTime() < end) {
                run(guest, round++);
            }
            HostUse grown = HostUse.now().since(before);
            assertThat(grown.heapBytes()).as("%s", grown).isLessThan(MOST.heapBytes());
            assertThat(grown.nativeBytes()).as("%s", grown).isLessThan(MOST.nativeBytes());
            assertThat(grown.descriptors()).as("%s", grown).isLessThan(MOST.descriptors());
            assertThat(Thread.getAllStackTraces().size()).isLessThan(threads + MOST_THREADS);
            System.out.printf("%d rounds of mixed load: %s%n", round, grown);
        }
    }

    private static void run(GuestService guest, int round) throws Exception {
        guest.type("round " + round);
        assertThat(guest.line()).as(guest.complaints()).isEqualTo("done round " + round);
    }
}
