package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The cases of files once more, on a directory of the host that is the guest's /tmp. */
class VolumesTest {
    /** What a volume does not do on purpose, and why. */
    private static final Map<String, String> EXCEPTIONS =
            Map.of(
                    "fs/attributes/user_extended_attributes",
                    "extended attributes of the host are not shown");

    @TempDir private Path directory = Path.of("");

    @TestFactory
    List<DynamicTest> volumesBehaveAsFilesDo() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        List<DynamicTest> tests = new ArrayList<>();
        for (Program program : suite.programs()) {
            if (!program.name().startsWith("fs/")) {
                continue;
            }
            for (String name : program.cases()) {
                String id = program.name() + "/" + name;
                if (Suite.wanted(id, "guest") && !EXCEPTIONS.containsKey(id)) {
                    List<String> command = List.of(program.path(), name);
                    tests.add(dynamicTest(id, () -> requirePassed(suite, command)));
                }
            }
        }
        return tests;
    }

    private void requirePassed(Suite suite, List<String> command)
            throws IOException, InterruptedException {
        Path volume = Files.createTempDirectory(directory, "volume");
        Result result = suite.inGuest(command, volume);
        assertThat(result.exitCode() == 0 && !result.timedOut()).as(result.describe()).isTrue();
    }
}
