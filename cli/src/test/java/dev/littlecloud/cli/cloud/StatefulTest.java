package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis in a cloud: frozen when nobody speaks, thawed when somebody does, and nothing lost. */
class StatefulTest {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    @TempDir private Path directory;
    private int port;

    @BeforeEach
    void requireWhatItNeeds() throws IOException {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    private CloudClient client(CloudProcess cloud) throws IOException {
        return CloudClient.of(cloud.api(), Files.readString(directory.resolve("token")).strip());
    }

    private Outcome run(CloudProcess cloud, String... words) throws IOException {
        CloudClient client = client(cloud);
        Outcome outcome = CommandLineTester.ask(() -> client, words);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    private void deploy(CloudProcess cloud, String variable) throws Exception {
        run(
                cloud,
                "deploy",
                "db",
                RedisImage.get(),
                "--protocol",
                "tcp",
                "--publish",
                Integer.toString(port),
                "--scale-to-zero",
                "stateful",
                "--idle",
                "100ms",
                "-e",
                variable);
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    private static void await(Check check) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    /** Waits until the instance that has just answered is frozen. */
    private void awaitFrozen(CloudProcess cloud) throws Exception {
        CloudClient client = client(cloud);
        await(() -> client.get("/v1/services/db").get("instances").intValue() == 0);
    }

    /** Files and folders of the service's snapshots, once there is exactly one of these. */
    private Path only(String pattern) throws Exception {
        List<Path> found = new ArrayList<>();
        await(
                () -> {
                    found.clear();
                    found.addAll(find(pattern));
                    return found.size() == 1;
                });
        return found.getFirst();
    }

    private List<Path> find(String pattern) throws IOException {
        Path folder = directory.resolve("snapshots/db");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> folder.relativize(file).toString().matches(pattern))
                    .toList();
        } catch (UncheckedIOException | NoSuchFileException changing) {
            return List.of();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
    }

    @Test
    void connectionsAndDataOutlastTheSleepAndDataTheCloudToo() throws Exception {
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            deploy(cloud, "A=1");
            try (RedisConnection client = new RedisConnection(port);
                    RedisConnection silent = new RedisConnection(port)) {
                assertThat(silent.ask("CLIENT SETNAME silent")).isEqualTo("OK");
                assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                awaitFrozen(cloud);

                assertThat(client.ask("INCR wakes")).isEqualTo("1");
                awaitFrozen(cloud);
                assertThat(client.ask("GET greeting")).isEqualTo("hello");
                awaitFrozen(cloud);
                assertThat(silent.ask("CLIENT GETNAME")).isEqualTo("silent");
            }
            cloud.kill();
        }
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = new RedisConnection(port)) {
            assertThat(client.ask("GET greeting")).isEqualTo("hello");
            assertThat(client.ask("INCR wakes")).isEqualTo("2");
            // Stopping in order freezes what runs.
            assertThat(cloud.stop()).isZero();
        }
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = new RedisConnection(port)) {
            assertThat(client.ask("INCR wakes")).isEqualTo("3");
            assertThat(run(cloud, "show", "db").out())
                    .doesNotContain("snapshot-lost", "booted again", "starts afresh");
            run(cloud, "rm", "db");
            await(() -> find("[0-9].*").isEmpty());
        }
    }

    @Test
    void whatIsDamagedOnDiskIsToldAndTheServiceStartsAfresh() throws Exception {
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            deploy(cloud, "A=1");
            try (RedisConnection client = new RedisConnection(port)) {
                assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                awaitFrozen(cloud);
                flip(only(".*/state-[0-9]+/pages"));

                // Broken off, because what it was connected to is gone.
                assertThatThrownBy(() -> client.ask("GET greeting"))
                        .isInstanceOf(IOException.class);
            }
            try (RedisConnection client = new RedisConnection(port)) {
                assertThat(client.ask("GET greeting")).isEqualTo("nothing");
            }
            await(() -> run(cloud, "show", "db").out().contains("the instance starts afresh"));
            assertThat(run(cloud, "show", "db").out()).contains("snapshot-lost", "was changed");
            only(".*/template-1/template");
            cloud.kill();
        }
        Path template = only(".*/template-1/template");
        Files.write(template, Arrays.copyOf(Files.readAllBytes(template), 1000));
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = new RedisConnection(port)) {
            assertThat(client.ask("SET greeting again")).isEqualTo("OK");
            await(() -> run(cloud, "show", "db").out().contains("it is booted again"));
            assertThat(run(cloud, "show", "db").out()).contains("cut off");

            // A new revision has a memory of its own, and nothing of the old one is kept.
            deploy(cloud, "A=2");
            try (RedisConnection other = new RedisConnection(port)) {
                assertThat(other.ask("GET greeting")).isEqualTo("nothing");
            }
            await(() -> find("[0-9]+-[^/]*").size() == 1 && find("2-[^/]*").size() == 1);
        }
    }

    @Test
    void aDiskThatIsFullKeepsTheInstanceRunning() throws Exception {
        Path snapshots = Files.createDirectory(directory.resolve("snapshots"));
        String mount = "mount -t tmpfs -o size=1m none " + snapshots;
        List<String> namespace =
                List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c");
        List<String> attempt = new ArrayList<>(namespace);
        attempt.add(mount);
        assumeTrue(
                new ProcessBuilder(attempt).start().waitFor() == 0,
                "needs mounts in a user namespace");
        List<String> around = new ArrayList<>(namespace);
        around.addAll(List.of(mount + " && exec \"$@\"", "sh"));
        try (CloudProcess cloud = CloudProcess.start(directory, around);
                RedisConnection client = deployed(cloud)) {
            assertThat(client.ask("SET greeting hello")).isEqualTo("OK");

            await(() -> run(cloud, "show", "db").out().contains("freeze-failed"));

            assertThat(client.ask("GET greeting")).isEqualTo("hello");
            await(() -> run(cloud, "show", "db").out().contains("it is booted again"));
            assertThat(run(cloud, "show", "db").out())
                    .contains(
                            "goes on running: its memory cannot be written to disk: No space left");
            assertThat(client.ask("GET greeting")).isEqualTo("hello");
        }
    }

    private RedisConnection deployed(CloudProcess cloud) throws Exception {
        deploy(cloud, "A=1");
        return new RedisConnection(port);
    }
}
