package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.CpuLimit;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs do not notice that their calls are answered while they stay in the guest, from the first
 * call on. (In other tests that happens where it pays: seldom in short programs.)
 */
class PostedCallsTest {
    private static final String PROPERTY = "littlecloud.postedCalls";

    /** What is most entangled with how a call is made; the plain variants, on one processor. */
    private static final Set<String> FAMILIES =
            Set.of("signals", "fork_exec", "pipes_fifos", "epoll_poll", "futex_threads");

    private static final List<String> ON_TWO_PROCESSORS =
            List.of(
                    "misc/absences",
                    "misc/presences",
                    "misc/calls",
                    "misc/sites",
                    "misc/learned",
                    "signals/queries",
                    "hostile/posted");

    @BeforeAll
    static void turnOn() {
        System.setProperty(PROPERTY, "always");
    }

    @AfterAll
    static void turnBack() {
        System.clearProperty(PROPERTY);
    }

    @TestFactory
    Stream<DynamicTest> programsDoNotNotice() throws IOException, InterruptedException {
        return tests(
                Suite.get().programs().stream()
                        .filter(program -> !program.name().contains("+"))
                        .filter(program -> FAMILIES.contains(family(program))),
                1);
    }

    @TestFactory
    Stream<DynamicTest> programsDoNotNoticeOnTwoProcessors()
            throws IOException, InterruptedException {
        return tests(
                Suite.get().programs().stream()
                        .filter(
                                program ->
                                        ON_TWO_PROCESSORS.stream()
                                                .anyMatch(program.name()::startsWith)),
                2);
    }

    @ParameterizedTest
    @CsvSource({
        "misc/calls, rests_lie_between_calls",
        "misc/absences, rests_lie_between_lookups",
        "misc/presences, rests_lie_between_answers",
        "signals/queries, rests_lie_between_queries",
    })
    void programsMoveBetweenCalls(String program, String name)
            throws IOException, InterruptedException {
        MigratingGuest guest = new MigratingGuest(Suite.get().image(), List.of());
        Result result = guest.run(List.of("/conformance/" + program, name), Suite.DEADLINE);
        assertThat(result.exitCode() == 0 && !result.timedOut()).as(result.describe()).isTrue();
        assertThat(guest.moves()).isPositive();
    }

    private static String family(Program program) {
        return program.name().replaceFirst("/.*", "");
    }

    private static Stream<DynamicTest> tests(Stream<Program> programs, int processors) {
        return programs.flatMap(
                program ->
                        program.cases().stream()
                                .filter(name -> Suite.wanted(program.name() + "/" + name, "guest"))
                                .map(name -> test(program, name, processors)));
    }

    private static DynamicTest test(Program program, String name, int processors) {
        String id = program.name() + "/" + name;
        return DynamicTest.dynamicTest(
                id,
                () -> {
                    Suite suite = Suite.get();
                    List<String> command = List.of(program.path(), name);
                    Result guest = suite.inGuest(command, new CpuLimit(processors * 1000));
                    suite.requireSame(id, suite.onHost(id, command), guest);
                });
    }
}
