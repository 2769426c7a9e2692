package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Shell scripts whose output is compared byte for byte: the host's with the text kept beside the
 * script, the guest's with the host's. A script's second line names the shells it is for.
 */
class ShellTest {
    private static final Path SCRIPTS = Suite.PROGRAMS.resolve("shell");
    private static final String SHELLS = "# shells: ";

    private record Script(Path source, String shell) {
        String name() {
            String file = source.getFileName().toString();
            return file.substring(0, file.length() - ".sh".length());
        }

        String id() {
            return "shell/" + name() + "/" + shell;
        }

        List<String> command() {
            String path = "/conformance/shell/" + source.getFileName();
            return shell.equals("sh")
                    ? List.of("/bin/busybox", "sh", path)
                    : List.of("/bin/bash", path);
        }
    }

    static List<String> ids() throws IOException {
        return scripts().stream().map(Script::id).toList();
    }

    private static List<Script> scripts() throws IOException {
        List<Path> files;
        try (Stream<Path> directory = Files.list(SCRIPTS)) {
            files = directory.filter(file -> file.toString().endsWith(".sh")).sorted().toList();
        }
        List<Script> scripts = new ArrayList<>();
        for (Path file : files) {
            String line = Files.readAllLines(file).get(1);
            assertThat(line).as("second line of %s", file).startsWith(SHELLS);
            for (String shell : line.substring(SHELLS.length()).split(" ")) {
                scripts.add(new Script(file, shell));
            }
        }
        return scripts;
    }

    @TestFactory
    Stream<DynamicTest> behavesAsOnLinux() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        Path target = Files.createDirectories(Suite.ROOT.resolve("conformance/shell"));
        List<DynamicTest> tests = new ArrayList<>();
        for (Script script : scripts()) {
            Files.copy(
                    script.source(),
                    target.resolve(script.source().getFileName()),
                    StandardCopyOption.REPLACE_EXISTING);
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
        Path expected = SCRIPTS.resolve(script.name() + ".out");
        assertThat(host.stdout() + host.stderr())
                .as("native: %s", host.describe())
                .isEqualTo(Files.readString(expected, StandardCharsets.ISO_8859_1));
        assertThat(host.exitCode()).isZero();
        return host;
    }

    private static void guest(Suite suite, Script script) throws IOException, InterruptedException {
        Result guest = suite.inGuest(script.command());
        suite.requireSame(script.id(), host(suite, script), guest);
    }
}
