package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Programs that people run, unmodified from Debian's packages, at their usual work. */
class WorkloadsTest {
    /** A hang must end; how long the work takes is not tested. */
    private static final Duration DEADLINE = Duration.ofMinutes(8);

    private static final Limits LIMITS =
            Limits.DEFAULT.withMemoryBytes(1L << 30).withCpus(new CpuLimit(2000));

    private final DemoImages images = new DemoImages();

    @TestFactory
    Stream<DynamicTest> realProgramsWork() throws IOException {
        return Workload.all().stream()
                .filter(Workload::isWanted)
                .map(workload -> dynamicTest(workload.name(), () -> requireWork(workload)));
    }

    private void requireWork(Workload workload) throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
        // Node's own packages come by npm, which not every machine has.
        if (workload.image().startsWith("node") && !isOnPath("npm")) {
            abort("npm is not installed");
        }
        Image image = images.get(workload.image());
        ProcessSpec process =
                new ProcessSpec(
                        List.of(workload.shell(), "-c", workload.text()),
                        List.of(),
                        Map.of(),
                        null,
                        null,
                        false,
                        false);
        InstanceGuest guest =
                new InstanceGuest(
                        image, InstanceSpec.DEFAULT.withProcess(process).withLimits(LIMITS));
        Result result = guest.run(List.of(), DEADLINE);
        assertThat(result.timedOut()).as(result.describe()).isFalse();
        assertThat(result.stdout()).as(result.describe()).isEqualTo(workload.expected());
        assertThat(result.exitCode()).as(result.describe()).isZero();
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
