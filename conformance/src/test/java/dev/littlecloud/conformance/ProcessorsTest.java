package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases whose threads have two processors: the other tests' instances have one. */
class ProcessorsTest {
    @ParameterizedTest
    @CsvSource({
        "processors, vector_registers_follow_a_thread",
        "pthreads, heavy_create_while_others_run"
    })
    void holdsWithTwoProcessors(String program, String name) throws Exception {
        Limits limits = Limits.DEFAULT.withMemoryBytes(64 << 20).withCpus(new CpuLimit(2000));
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(),
                        limits,
                        List.of(),
                        "/conformance/futex_threads/" + program,
                        name)) {
            assertThat(instance.end(Duration.ofSeconds(60)).code()).isZero();
        }
    }
}
