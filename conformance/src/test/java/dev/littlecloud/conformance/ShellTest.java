package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Shell scripts whose output is compared byte for byte: the host's with the text kept beside the
 * script, the guest's with the host's.
 */
class ShellTest {

    @TestFactory
    Stream<DynamicTest> behavesAsOnLinux() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        List<DynamicTest> tests = new ArrayList<>();
        for (Script script : suite.scripts()) {
            if (Suite.wanted(script.id(), "native")) {
                tests.add(dynamicTest(script.id() + " (native)", () -> host(suite, script)));
            }
            if (Suite.wanted(script.id(), "guest")) {
                tests.add(dynamicTest(script.id() + " (guest)", () -> guest(suite, script)));
            }
        }
        return tests.stream();
    }

    private static Result host(Suite suite, Script script)
            throws IOException, InterruptedException {
        Result host = suite.onHost(script.id(), script.command());
        assertThat(host.stdout() + host.stderr())
                .as("native: %s", host.describe())
                .isEqualTo(script.expected());
        assertThat(host.exitCode()).isZero();
        return host;
    }

    private static void guest(Suite suite, Script script) throws IOException, InterruptedException {
        Result guest = suite.inGuest(script.command());
        suite.requireSame(script.id(), host(suite, script), guest);
    }
}
