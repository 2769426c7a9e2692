package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.template.BlankMachines;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Lines;
import dev.littlecloud.runtime.template.StagedClones;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Sleep and wake in a loop: ten thousand times, or as often as {@code -Dwakes=N} says. Nothing may be
 * left of any of them.
 */
class WakesTest {
    private static final int WAKES = Integer.getInteger("wakes", 10_000);
    private static final int FREEZES = WAKES / 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Blank machines and idle carriers come and go by a few. */
    private static final int A_FEW = 24;

    private static final long MEBIBYTE = 1 << 20;

    /** What this process holds of the host. */
    private record Held(
            long descriptors,
            long kvmObjects,
            long memoryFiles,
            long mappings,
            long threads,
            long heapBytes) {
        /** Without the clones that are staged, which are a great many after so many starts in a row. */
        static Held now() throws IOException {
            StagedClones.SHARED.keep(0);
            try {
                return withoutStaged();
            } finally {
                StagedClones.SHARED.keep(StagedClones.MOST);
            }
        }

        private static Held withoutStaged() throws IOException {
            List<String> open;
            try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
                open = links.map(Held::target).toList();
            }
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return new Held(
                    open.size(),
                    open.stream().filter(target -> target.contains("kvm-")).count(),
                    open.stream().filter(target -> target.contains("memfd:")).count(),
                    mapped(),
                    Thread.getAllStackTraces().size(),
                    runtime.totalMemory() - runtime.freeMemory());
        }

        private static long mapped() throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
                return lines.count();
            }
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException closedMeanwhile) {
                return "";
            }
        }

        void requireNoMoreThan(Held before) {
            assertThat(descriptors).as("descriptors").isLessThan(before.descriptors + A_FEW);
            assertThat(kvmObjects).as("KVM's objects").isLessThan(before.kvmObjects + A_FEW);
            assertThat(memoryFiles).as("memory files").isLessThan(before.memoryFiles + A_FEW);
            assertThat(mappings).as("mappings").isLessThan(before.mappings + 20 * A_FEW);
            assertThat(threads).as("threads").isLessThan(before.threads + A_FEW);
            assertThat(heapBytes).as("heap").isLessThan(before.heapBytes + 32 * MEBIBYTE);
        }
    }

    @Test
    void manyWakesLeaveNothing() throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello")) {
            wake(template, 100);
            Held before = Held.now();

            wake(template, WAKES);

            Held.now().requireNoMoreThan(before);
        }
        assertThat(BlankMachines.SHARED.ready(1)).isLessThan(A_FEW);
    }

    private static void wake(Template template, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            try (Clone clone = template.start(CloneListener.NONE)) {
                if (i % 100 == 0) {
                    assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("hello\n");
                }
            }
        }
    }

    @Test
    void manyFreezesLeaveNothing() throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello")) {
            sleep(template, 10);
            Held before = Held.now();

            sleep(template, FREEZES);

            Held.now().requireNoMoreThan(before);
        }
    }

    /** One instance that is frozen and thawed again and again. */
    private static void sleep(Template template, int count)
            throws IOException, InterruptedException {
        Lines lines = new Lines(() -> {});
        Clone clone = template.start(CloneListener.NONE, lines);
        for (int i = 0; i < count; i++) {
            try (Template frozen = clone.freeze(PATIENCE)) {
                clone = frozen.start(CloneListener.NONE, lines);
            }
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("hello\n");
        }
        clone.close();
        assertThat(lines.count()).isZero();
    }
}
