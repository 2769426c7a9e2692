package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** Every case of every program: (family, case) × (native, guest). */
class ProgramsTest {

    @TestFactory
    Stream<DynamicNode> behavesAsOnLinux() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        return suite.programs().stream().map(program -> container(suite, program));
    }

    @Test
    void everyKnownFailureNamesACase() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        Stream<String> ids =
                suite.programs().stream()
                        .flatMap(
                                program -> program.cases().stream().map(name -> id(program, name)));
        Stream<String> scripts = suite.scripts().stream().map(Script::id);
        assertThat(Stream.concat(ids, scripts))
                .containsAll(suite.knownFailures().reasons().keySet());
    }

    private static String id(Program program, String name) {
        return program.name() + "/" + name;
    }

    private static DynamicNode container(Suite suite, Program program) {
        List<DynamicNode> tests = new ArrayList<>();
        for (String name : program.cases()) {
            String id = id(program, name);
            List<String> command = List.of(program.path(), name);
            add(tests, id, "native", () -> requirePassed(suite.onHost(id, command)));
            add(
                    tests,
                    id,
                    "guest",
                    () -> {
                        Result guest = suite.inGuest(command);
                        Result host = suite.onHost(id, command);
                        requirePassed(host);
                        suite.requireSame(id, host, guest);
                    });
        }
        return dynamicContainer(program.name(), tests);
    }

    private static void add(List<DynamicNode> tests, String id, String side, Executable test) {
        if (Suite.wanted(id, side)) {
            tests.add(dynamicTest(id + " (" + side + ")", test));
        }
    }

    private static void requirePassed(Result host) {
        if (!host.timedOut() && host.exitCode() == Result.SKIPPED) {
            abort(host.stdout());
        }
        assertThat(host.exitCode() == 0 && !host.timedOut())
                .as("native: %s", host.describe())
                .isTrue();
    }
}
