package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What programs do in an instance they do in a clone of one as well, and while that is frozen, now
 * and then, and goes on from memory or from disk.
 */
class WorkloadClonesTest {
    private static final int SIGUSR1 = 10;

    private static final Duration READY = Duration.ofMinutes(3);

    /** A hang must end; how long the work takes is not tested. */
    private static final Duration DEADLINE = Duration.ofMinutes(8);

    /** How long to wait for a moment in which nothing runs. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private static final int MOST_MOVES = Integer.getInteger("conformance.moves", 6);

    /** Of what is done where nobody asks for one by its name: they take seconds. */
    private static final Set<String> QUICK = Set.of("php", "ruby", "tools");

    private static final String ID = "clones/";

    private static final Limits LIMITS =
            Limits.DEFAULT.withMemoryBytes(1L << 30).withCpus(new CpuLimit(2000));

    /** The shell is frozen here, and its clones go on when they get the signal. */
    private static final String WAIT =
            """
            trap : USR1
            sleep 1000000 &
            : >/dev/shm/.littlecloud-ready
            wait
            trap - USR1
            kill $!
            wait 2>/dev/null
            """;

    private final DemoImages images = new DemoImages();
    private final Templates templates = new LocalTemplates();

    @TempDir private Path directory = Path.of("");

    @TestFactory
    Stream<DynamicTest> workloadsAreDoneInClones() throws IOException {
        return Workload.all().stream()
                .filter(WorkloadClonesTest::isWanted)
                .map(workload -> dynamicTest(workload.name(), () -> requireWork(workload)));
    }

    private static boolean isWanted(Workload workload) {
        boolean isAsked = System.getProperty("conformance.only", "").startsWith(ID);
        return Suite.wanted(ID + workload.name(), "guest")
                && (isAsked || QUICK.contains(workload.name()));
    }

    /** Everything that a clone writes, and how it ends. */
    private static final class Listener implements CloneListener {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final ByteArrayOutputStream error = new ByteArrayOutputStream();
        final CompletableFuture<ExitStatus> end = new CompletableFuture<>();

        @Override
        public void output(boolean isError, byte[] bytes) {
            (isError ? error : output).writeBytes(bytes);
        }

        @Override
        public void ended(ExitStatus status) {
            end.complete(status);
        }

        String describe() {
            return "printed:%n%s%nand as errors:%n%s".formatted(output, error);
        }
    }

    private void requireWork(Workload workload) throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
        Image image = images.get(workload.image());
        ProcessSpec process =
                new ProcessSpec(
                        List.of(workload.shell(), "-c", WAIT + workload.text()),
                        List.of(),
                        Map.of(),
                        null,
                        null,
                        false,
                        false);
        InstanceSpec spec = InstanceSpec.DEFAULT.withProcess(process).withLimits(LIMITS);
        Listener listener = new Listener();
        Clone clone;
        try (Template template = templates.boot(spec, image, new Readiness.Told(), READY)) {
            clone = template.start(listener);
        }
        try {
            clone.signal(SIGUSR1);
            int moves = 0;
            long until = System.nanoTime() + DEADLINE.toNanos();
            while (!listener.end.isDone() && moves < MOST_MOVES && System.nanoTime() < until) {
                try (Template frozen = clone.freeze(PATIENCE)) {
                    moves++;
                    clone =
                            moves % 2 == 0
                                    ? frozen.start(listener)
                                    : fromDisk(frozen, image, listener);
                } catch (InstanceException busy) {
                    assertThat(busy).message().isIn("its programs are never idle", "it has ended");
                }
                // More moves at the beginning, some later.
                Thread.sleep(100L * (moves + 1));
            }
            ExitStatus status = listener.end.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(listener.output.toString(StandardCharsets.ISO_8859_1))
                    .as(listener.describe())
                    .isEqualTo(workload.expected());
            assertThat(status).as(listener.describe()).isEqualTo(new ExitStatus.Exited(0));
        } catch (ExecutionException | TimeoutException late) {
            throw new AssertionError(listener.describe(), late);
        } finally {
            clone.close();
        }
    }

    private Clone fromDisk(Template frozen, Image image, Listener listener) throws IOException {
        Path place = directory.resolve("frozen-" + System.nanoTime());
        frozen.save(place, List.of());
        try (Template read = templates.loadInstance(place, frozen.spec(), image)) {
            return read.start(listener);
        }
    }
}
