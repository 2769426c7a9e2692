package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests share: the root, both runners, the outcomes of native runs. */
final class Suite {
    static final Path PROGRAMS = Path.of("programs");
    static final Path ROOT = Path.of("target/root").toAbsolutePath();
    static final Duration DEADLINE =
            Duration.ofSeconds(Integer.getInteger("conformance.seconds", 20));

    /** How long a test waits for something to happen, on a loaded machine. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static @Nullable Suite instance;

    private final NativeRunner nativeRunner = new NativeRunner(ROOT);
    private final Map<String, Result> nativeResults = new HashMap<>();
    private final List<Program> programs;
    private final List<Script> scripts;
    private final KnownFailures knownFailures;
    private @Nullable InstanceGuest guest;

    private Suite() throws IOException, InterruptedException {
        new GuestRoot(ROOT).create();
        programs = new Programs(PROGRAMS, ROOT, Path.of("target/keys")).build();
        scripts = Script.install(PROGRAMS.resolve("shell"), ROOT);
        knownFailures = KnownFailures.read(Path.of("known-failures.txt"));
    }

    static synchronized Suite get() throws IOException, InterruptedException {
        if (instance == null) {
            instance = new Suite();
        }
        return instance;
    }

    List<Program> programs() {
        return programs;
    }

    List<Script> scripts() {
        return scripts;
    }

    KnownFailures knownFailures() {
        return knownFailures;
    }

    /** Whether -Dconformance.only (a prefix of the case's name) and the side let this run. */
    static boolean wanted(String id, String side) {
        String only = System.getProperty("conformance.only", "");
        String sides = System.getProperty("conformance.side", "both");
        return id.startsWith(only) && (sides.equals("both") || sides.equals(side));
    }

    /** Runs a command of the root on the host; a case is run once however often it is asked for. */
    synchronized Result onHost(String id, List<String> command)
            throws IOException, InterruptedException {
        Result result = nativeResults.get(id);
        if (result == null) {
            result = nativeRunner.run(underRoot(command), DEADLINE);
            nativeResults.put(id, result);
        }
        return result;
    }

    Result inGuest(List<String> command) throws IOException, InterruptedException {
        return guest().run(command, DEADLINE);
    }

    Result inGuest(List<String> command, CpuLimit cpus) throws IOException, InterruptedException {
        return guest().withCpus(cpus).run(command, DEADLINE);
    }

    /** Runs a command whose working directory /tmp is a directory of the host. */
    Result inGuest(List<String> command, Path volume) throws IOException, InterruptedException {
        return guest().withVolume(volume, "/tmp").run(command, DEADLINE);
    }

    GuestTerminal terminal(int rows, int columns, String... command)
            throws IOException, InterruptedException {
        return guest().terminal(List.of(command), rows, columns);
    }

    /** The image of the programs, for tests that start instances of their own. */
    Image image() throws IOException, InterruptedException {
        return guest().image();
    }

    private synchronized InstanceGuest guest() throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(line -> abort("no guest: " + line));
        if (guest == null) {
            guest = InstanceGuest.open(ROOT);
        }
        return guest;
    }

    /** A guest that behaves as the host does, unless the case is listed as a known failure. */
    void requireSame(String id, Result host, Result guestResult) {
        boolean same = guestResult.looksLike(host);
        if (knownFailures.contains(id)) {
            assertThat(same)
                    .as("%s is listed in known-failures.txt but passes: delete its line", id)
                    .isFalse();
            return;
        }
        assertThat(same)
                .as("host: %s%nguest: %s", host.describe(), guestResult.describe())
                .isTrue();
    }

    private static List<String> underRoot(List<String> command) {
        return command.stream().map(word -> word.startsWith("/") ? ROOT + word : word).toList();
    }
}
