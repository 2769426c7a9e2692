package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.littlecloud.runtime.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The cases of what waits for something, frozen in the middle and thawed in another machine. */
class MigrationTest {
    private static final Set<String> FAMILIES =
            Set.of(
                    "pipes_fifos",
                    "epoll_poll",
                    "futex_threads",
                    "unix_sockets",
                    "sockets",
                    "signals",
                    "ptrace");

    @TempDir private Path directory = Path.of("");

    @TestFactory
    List<DynamicTest> programsDoNotNoticeThatTheyMove() throws IOException, InterruptedException {
        Suite suite = Suite.get();
        MigratingGuest guest = new MigratingGuest(suite.image(), List.of());
        List<DynamicTest> tests = new ArrayList<>();
        for (Program program : suite.programs()) {
            String family = program.name().replaceFirst("/.*", "");
            if (!FAMILIES.contains(family) || program.name().contains("+")) {
                continue;
            }
            for (String name : program.cases()) {
                String id = program.name() + "/" + name;
                if (Suite.wanted(id, "guest") && !suite.knownFailures().contains(id)) {
                    List<String> command = List.of(program.path(), name);
                    tests.add(dynamicTest(id, () -> requirePassed(guest, command)));
                }
            }
        }
        tests.add(
                dynamicTest(
                        "a sleeper moves", () -> requireMoved(guest, List.of("/bin/sleep", "2"))));
        return tests;
    }

    /** What they have open, mapped and locked of a volume is there again. */
    @TestFactory
    List<DynamicTest> programsTakeAlongWhatTheyHaveOfVolumes()
            throws IOException, InterruptedException {
        Suite suite = Suite.get();
        List<DynamicTest> tests = new ArrayList<>();
        for (Program program : suite.programs()) {
            if (!program.name().equals("fs/rests")) {
                continue;
            }
            for (String name : program.cases()) {
                if (Suite.wanted(program.name() + "/" + name, "guest")) {
                    List<String> command = List.of(program.path(), name);
                    tests.add(dynamicTest(name, () -> requireMoved(onVolume(suite), command)));
                }
            }
        }
        return tests;
    }

    private MigratingGuest onVolume(Suite suite) throws IOException, InterruptedException {
        Path volume = Files.createTempDirectory(directory, "volume");
        return new MigratingGuest(suite.image(), List.of(new VolumeMount(volume, "/tmp", false)));
    }

    /** That the others may have moved, too. */
    private static void requireMoved(MigratingGuest guest, List<String> command)
            throws IOException, InterruptedException {
        int before = guest.moves();
        requirePassed(guest, command);
        assertThat(guest.moves()).isGreaterThan(before);
    }

    private static void requirePassed(MigratingGuest guest, List<String> command)
            throws IOException, InterruptedException {
        Result result = guest.run(command, Suite.DEADLINE);
        if (!result.timedOut() && result.exitCode() == Result.SKIPPED) {
            abort(result.stdout());
        }
        assertThat(result.exitCode() == 0 && !result.timedOut()).as(result.describe()).isTrue();
    }
}
