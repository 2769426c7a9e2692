package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.StagedClones;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clone that was made ahead of its request does not show it. */
class StagedClonesTest {
    private static final long DEADLINE_NANOS = 60_000_000_000L;
    private static final String POSTED_CALLS = "littlecloud.postedCalls";
    private static final long LOOK_NANOS = 1_000_000;

    /** Clones that a template learns of, and some more. */
    private static final int FIRST = 8;

    /** More than a service has that never had as many at once. */
    private static final int BURST = 12;

    /** Waits longer than any test of the clock could be wrong by. */
    private static final long AGE_NANOS = 400_000_000;

    /** What /proc/uptime rounds to, and then some. */
    private static final double UPTIME_STEP = 0.02;

    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Has a template learn what a request touches, and a clone staged. */
    static void prepare(Template template) throws IOException {
        for (int i = 0; i < FIRST; i++) {
            try (Clone clone = template.start(CloneListener.NONE)) {
                assertThat(TemplatesTest.exchange(clone, "")).isNotEmpty();
            }
        }
        await(template::isStaged);
    }

    @Test
    void timeIsThatOfItsRequest() throws IOException, InterruptedException {
        String script = "exec nc -ll -p 8080 -e /bin/sh -c 'cat /proc/uptime; date +%s'";
        try (Template template = TemplatesTest.boot(script)) {
            double frozenAt = uptime(template, false).uptime;
            prepare(template);
            long staged = System.nanoTime();
            await(() -> System.nanoTime() - staged > AGE_NANOS);
            long before = Instant.now().getEpochSecond();
            Times later = uptime(template, true);
            assertThat(later.uptime).isLessThan(frozenAt + later.seconds + UPTIME_STEP);
            assertThat(later.realtime).isBetween(before, Instant.now().getEpochSecond());
        }
    }

    private record Times(double uptime, long realtime, double seconds) {}

    private static Times uptime(Template template, boolean staged) throws IOException {
        long begin = System.nanoTime();
        try (Clone clone = template.start(CloneListener.NONE)) {
            assertThat(clone.startTimes().staged()).isEqualTo(staged);
            String[] answer = TemplatesTest.exchange(clone, "").split("\\s+");
            return new Times(
                    Double.parseDouble(answer[0]),
                    Long.parseLong(answer[2]),
                    (System.nanoTime() - begin) / 1e9);
        }
    }

    /** Also where their calls stay in the guest from the first one on. */
    @ParameterizedTest
    @ValueSource(strings = {"off", "always"})
    void clonesAreUnalikeAndKeepToThemselves(String posted)
            throws IOException, InterruptedException {
        String script =
                "cd /tmp; echo none > note; exec nc -ll -p 8080 -e /bin/sh -c "
                        + "'cat note; od -An -N16 -tx8 /dev/urandom | tee note; "
                        + "cat /proc/sys/kernel/random/uuid'";
        try (Template template = boot(script, posted)) {
            prepare(template);
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < FIRST; i++) {
                await(template::isStaged);
                try (Clone clone = template.start(CloneListener.NONE)) {
                    assertThat(clone.startTimes().staged()).isTrue();
                    String answer = TemplatesTest.exchange(clone, "");
                    assertThat(answer).startsWith("none\n");
                    assertThat(answers.addAll(Set.of(answer.substring(5).split("\n")))).isTrue();
                }
            }
            assertThat(answers).hasSize(2 * FIRST);
        }
    }

    /** They share the pages that were prepared with what was learned, until they write to them. */
    @ParameterizedTest
    @ValueSource(strings = {"off", "always"})
    void soAreClonesMadeAtTheirRequest(String posted) throws IOException, InterruptedException {
        String script =
                "cd /tmp; echo none > note; exec nc -ll -p 8080 -e /bin/sh -c "
                        + "'cat note; od -An -N16 -tx8 /dev/urandom | tee note'";
        try (Template template = boot(script, posted)) {
            prepare(template);
            StagedClones.SHARED.keep(0);
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < FIRST; i++) {
                try (Clone clone = template.start(CloneListener.NONE)) {
                    assertThat(clone.startTimes().staged()).isFalse();
                    String answer = TemplatesTest.exchange(clone, "");
                    assertThat(answer).startsWith("none\n");
                    assertThat(answers.add(answer)).isTrue();
                    assertThat(TemplatesTest.exchange(clone, "")).startsWith(answer.substring(5));
                }
            }
        } finally {
            StagedClones.SHARED.keep(StagedClones.MOST);
        }
    }

    private static Template boot(String script, String posted)
            throws IOException, InterruptedException {
        System.setProperty(POSTED_CALLS, posted);
        try {
            return TemplatesTest.boot(script);
        } finally {
            System.clearProperty(POSTED_CALLS);
        }
    }

    @Test
    void nobodyPaysForOneThatWaits() throws IOException, InterruptedException {
        try (Template template = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello")) {
            prepare(template);
            long staged = System.nanoTime();
            await(() -> System.nanoTime() - staged > AGE_NANOS);
            long begin = System.nanoTime();
            try (Clone clone = template.start(CloneListener.NONE)) {
                assertThat(clone.startTimes().staged()).isTrue();
                var usage = clone.usage();
                long lived = System.nanoTime() - begin;
                assertThat(usage.guestNanos() + usage.kernelNanos()).isLessThanOrEqualTo(lived);
                assertThat(usage.memoryByteMillis())
                        .isLessThanOrEqualTo(usage.memoryBytes() * (lived / 1_000_000 + 1));
            }
        }
    }

    /** Has a template start so many clones at once, as often as it takes for that to be seen. */
    static void burst(Template template, int count) {
        await(
                () -> {
                    List<Thread> starts = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        starts.add(Thread.ofPlatform().start(() -> startAndEnd(template)));
                    }
                    starts.forEach(StagedClonesTest::join);
                    long until = System.nanoTime() + DEADLINE_NANOS / 4;
                    while (template.staged() < count && System.nanoTime() < until) {
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    return template.staged() >= count;
                });
    }

    private static void startAndEnd(Template template) {
        template.start(CloneListener.NONE).close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException never) {
            throw new AssertionError(never);
        }
    }

    @Test
    void asManyAreStagedAsWereStartedAtOnce() throws IOException, InterruptedException {
        StagedClones all = StagedClones.SHARED;
        try (Template template = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello")) {
            prepare(template);
            burst(template, BURST);
            List<Clone> clones = new ArrayList<>();
            for (int i = 0; i < BURST; i++) {
                clones.add(template.start(CloneListener.NONE));
            }
            for (Clone clone : clones) {
                assertThat(clone.startTimes().staged()).isTrue();
                assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("hello\n");
                clone.close();
            }
            await(() -> template.staged() >= BURST);
            all.keep(2);
            assertThat(template.staged()).isEqualTo(2);
            all.keep(0);
            assertThat(all.ready()).isZero();
            all.keep(StagedClones.MOST);
            await(() -> template.staged() >= BURST);
        } finally {
            all.keep(StagedClones.MOST);
        }
        assertThat(all.ready()).isZero();
    }

    @Test
    void burstsOfOneServiceTakeNothingFromAnotherOne() throws IOException, InterruptedException {
        StagedClones all = StagedClones.SHARED;
        all.keep(BURST);
        try (Template first = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello");
                Template second = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hi")) {
            prepare(first);
            await(() -> first.staged() > 1);
            prepare(second);
            burst(second, BURST - 1);
            await(() -> all.ready() == BURST);
            assertThat(first.staged()).isOne();
        } finally {
            all.keep(StagedClones.MOST);
        }
    }

    @Test
    void thereAreNoMoreThanWanted() throws IOException, InterruptedException {
        StagedClones all = StagedClones.SHARED;
        try (Template first = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hello")) {
            all.keep(1);
            prepare(first);
            assertThat(all.ready()).isOne();
            try (Template second = TemplatesTest.boot("exec nc -ll -p 8080 -e echo hi")) {
                prepare(second);
                assertThat(first.isStaged()).isFalse();
                assertThat(all.ready()).isOne();
            }
            assertThat(all.ready()).isZero();
            all.keep(0);
            prepareNone(first);
        } finally {
            all.keep(StagedClones.MOST);
        }
    }

    private static void prepareNone(Template template) throws IOException {
        try (Clone clone = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("hello\n");
        }
        assertThat(StagedClones.SHARED.ready()).isZero();
    }
}
