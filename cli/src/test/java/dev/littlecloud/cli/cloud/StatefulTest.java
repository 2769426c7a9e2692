package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis in a cloud: frozen when nobody speaks, thawed when somebody does, and nothing lost. */
class StatefulTest {
    private static final int PAGE = 4096;

    @TempDir private Path directory;
    private RedisService db;

    @BeforeEach
    void requireWhatItNeeds() throws IOException {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        db = new RedisService(directory);
    }

    /** Damages all pages that a frozen instance does not share with its template. */
    private static void flipOwnPages(Path state) throws IOException {
        try (Stream<Path> entries = Files.list(state)) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().startsWith("pages-")
                        && (int) Files.getAttribute(entry, "unix:nlink") == 1) {
                    byte[] bytes = Files.readAllBytes(entry);
                    for (int i = 0; i < bytes.length; i += PAGE) {
                        bytes[i] ^= 4;
                    }
                    Files.write(entry, bytes);
                }
            }
        }
    }

    @Test
    void connectionsAndDataOutlastTheSleepAndDataTheCloudToo() throws Exception {
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            db.deploy(cloud, "A=1");
            try (RedisConnection client = db.connect();
                    RedisConnection silent = db.connect()) {
                assertThat(silent.ask("CLIENT SETNAME silent")).isEqualTo("OK");
                assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                db.awaitFrozen(cloud);

                assertThat(client.ask("INCR wakes")).isEqualTo("1");
                db.awaitFrozen(cloud);
                assertThat(client.ask("GET greeting")).isEqualTo("hello");
                db.awaitFrozen(cloud);
                assertThat(silent.ask("CLIENT GETNAME")).isEqualTo("silent");
            }
            cloud.kill();
        }
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = db.connect()) {
            assertThat(client.ask("GET greeting")).isEqualTo("hello");
            assertThat(client.ask("INCR wakes")).isEqualTo("2");
            // Stopping in order freezes what runs.
            assertThat(cloud.stop()).isZero();
        }
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = db.connect()) {
            assertThat(client.ask("INCR wakes")).isEqualTo("3");
            assertThat(db.shown(cloud))
                    .doesNotContain("snapshot-lost", "booted again", "starts afresh");
            db.run(cloud, "rm", "db");
            RedisService.await(() -> db.find("[0-9].*").isEmpty());
        }
    }

    @Test
    void whatIsDamagedOnDiskIsToldAndTheServiceStartsAfresh() throws Exception {
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            db.deploy(cloud, "A=1");
            try (RedisConnection client = db.connect()) {
                assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                db.awaitFrozen(cloud);
                flipOwnPages(db.only(".*/state-[0-9]+"));

                // Broken off, because what it was connected to is gone.
                assertThatThrownBy(() -> client.ask("GET greeting"))
                        .isInstanceOf(IOException.class);
            }
            try (RedisConnection client = db.connect()) {
                assertThat(client.ask("GET greeting")).isEqualTo("nothing");
            }
            RedisService.await(() -> db.shown(cloud).contains("the instance starts afresh"));
            assertThat(db.shown(cloud)).contains("snapshot-lost", "was changed");
            db.only(".*/template-1/template");
            cloud.kill();
        }
        Path template = db.only(".*/template-1/template");
        Files.write(template, Arrays.copyOf(Files.readAllBytes(template), 1000));
        try (CloudProcess cloud = CloudProcess.start(directory);
                RedisConnection client = db.connect()) {
            assertThat(client.ask("SET greeting again")).isEqualTo("OK");
            RedisService.await(() -> db.shown(cloud).contains("it is booted again"));
            assertThat(db.shown(cloud)).contains("cut off");

            // A new revision has a memory of its own, and nothing of the old one is kept.
            db.deploy(cloud, "A=2");
            try (RedisConnection other = db.connect()) {
                assertThat(other.ask("GET greeting")).isEqualTo("nothing");
            }
            RedisService.await(
                    () -> db.find("[0-9]+-[^/]*").size() == 1 && db.find("2-[^/]*").size() == 1);
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

            RedisService.await(() -> db.shown(cloud).contains("freeze-failed"));

            assertThat(client.ask("GET greeting")).isEqualTo("hello");
            RedisService.await(() -> db.shown(cloud).contains("it is booted again"));
            assertThat(db.shown(cloud))
                    .contains(
                            "goes on running: its memory cannot be written to disk: No space left");
            assertThat(client.ask("GET greeting")).isEqualTo("hello");
        }
    }

    private RedisConnection deployed(CloudProcess cloud) throws Exception {
        db.deploy(cloud, "A=1");
        return db.connect();
    }
}
