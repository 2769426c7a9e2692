package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud that is killed while it writes the memory of an instance, and started again. */
class KilledCloudTest {
    /** Redis has 60 MB more of memory by this, of pages that differ, so that writing takes a while. */
    private static final String MUCH =
            "EVAL \"for i=10000,13000 do redis.call('SET',i,string.rep(i,4000)) end"
                    + " return 'done'\" 0";

    /** Only writing that is about this much memory is that long. */
    private static final long MANY_BYTES = 10_000_000;

    /** Writing may be done before the cloud is killed; then another revision is tried. */
    private static final int MOST_TRIES = 20;

    @TempDir private Path directory;
    private RedisService db;

    @BeforeEach
    void requireWhatItNeeds() throws IOException {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        db = new RedisService(directory);
    }

    /** Kills the cloud as soon as something holds, on a thread of its own. */
    private static Thread killWhen(CloudProcess cloud, RedisService.Check check) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                RedisService.await(check, 1);
                            } catch (Exception failure) {
                                throw new AssertionError(failure);
                            } finally {
                                cloud.kill();
                            }
                        });
    }

    private boolean isAnyLarge(String pattern) throws IOException {
        for (Path file : db.find(pattern)) {
            if (file.toFile().length() > MANY_BYTES) {
                return true;
            }
        }
        return false;
    }

    private void assertNothingIsUnfinished() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.matches(".*\\.(new|part|tmp)"));
        }
    }

    @Test
    void amidAFreezeWhatWasFrozenBeforeIsKept() throws Exception {
        for (int revision = 1; db.find(".*/state-[0-9]+\\.new").isEmpty(); revision++) {
            assertThat(revision).isLessThanOrEqualTo(MOST_TRIES);
            try (CloudProcess cloud = CloudProcess.start(directory)) {
                db.deploy(cloud, "A=" + revision);
                try (RedisConnection client = db.connect()) {
                    assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                    db.awaitFrozen(cloud);
                    String states = revision + "-[0-9]+/state-[0-9]+(\\.new)?/pages-.*";
                    Thread killer = killWhen(cloud, () -> isAnyLarge(states));
                    client.send(MUCH);
                    killer.join();
                }
            }
        }
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            assertNothingIsUnfinished();
            try (RedisConnection client = db.connect()) {
                assertThat(client.ask("GET greeting")).isEqualTo("hello");
                assertThat(client.ask("DBSIZE")).isEqualTo("1");
                db.awaitFrozen(cloud);
                assertThat(client.ask("GET greeting")).isEqualTo("hello");
            }
            assertThat(db.shown(cloud)).doesNotContain("snapshot-lost", "booted again");
            assertThat(cloud.stop()).isZero();
            assertNothingIsUnfinished();
        }
    }

    @Test
    void amidTheWritingOfATemplateItIsBootedAgain() throws Exception {
        for (int revision = 1; db.find(".*/template-1\\.new").isEmpty(); revision++) {
            assertThat(revision).isLessThanOrEqualTo(MOST_TRIES);
            try (CloudProcess cloud = CloudProcess.start(directory)) {
                String templates = revision + "-[0-9]+/template-1.*";
                Thread killer = killWhen(cloud, () -> !db.find(templates).isEmpty());
                db.tryToDeploy(cloud, "A=" + revision);
                killer.join();
            }
        }
        try (CloudProcess cloud = CloudProcess.start(directory)) {
            RedisService.await(() -> db.shown(cloud).contains("revision-ready"));
            try (RedisConnection client = db.connect()) {
                assertThat(client.ask("SET greeting hello")).isEqualTo("OK");
                db.only(".*/template-1");
                db.awaitFrozen(cloud);
                assertThat(client.ask("GET greeting")).isEqualTo("hello");
            }
            assertThat(cloud.stop()).isZero();
            assertNothingIsUnfinished();
        }
    }
}
