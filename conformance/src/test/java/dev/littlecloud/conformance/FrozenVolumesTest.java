package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.VolumeMount;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance with a volume is frozen, and the host changes the volume while it sleeps. */
class FrozenVolumesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Runs what it is told with a log and a configuration that it has open all the time. */
    private static final String SERVER =
            "cd /data; exec 3>>log 4<config; "
                    + "exec nc -ll -p 8080 -e /bin/sh -c 'read line; eval \"$line\"'";

    private static final String READ = "cat <&4\n";

    @TempDir private Path directory = Path.of("");
    private Path volume = Path.of("");
    private Path config = Path.of("");
    private Path log = Path.of("");

    @BeforeEach
    void fillVolume() throws IOException {
        volume = Files.createDirectory(directory.resolve("volume"));
        config = Files.writeString(volume.resolve("config"), "one\n");
        log = volume.resolve("log");
    }

    private InstanceSpec spec(boolean readOnly, String script) {
        return TemplatesTest.spec(script)
                .withVolumes(List.of(new VolumeMount(volume, "/data", readOnly)));
    }

    private Template boot(InstanceSpec spec) throws IOException, InterruptedException {
        return new LocalTemplates()
                .boot(spec, Suite.get().image(), new Readiness.Listens(8080), PATIENCE);
    }

    private Clone awake() throws IOException, InterruptedException {
        try (Template template = boot(spec(false, SERVER))) {
            return template.start(CloneListener.NONE);
        }
    }

    private static int openFilesBelow(Path directory) throws IOException {
        int open = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).startsWith(directory)) {
                    open++;
                }
            }
        }
        return open;
    }

    @Test
    void whatTheHostWritesMeanwhileIsSeen() throws IOException, InterruptedException {
        try (Clone before = awake();
                Template frozen = before.freeze(PATIENCE)) {
            assertThat(openFilesBelow(volume)).isZero();
            Files.writeString(config, "two\n", StandardOpenOption.APPEND);
            Files.writeString(log, "host\n", StandardOpenOption.APPEND);
            try (Clone after = frozen.start(CloneListener.NONE)) {
                assertThat(TemplatesTest.exchange(after, READ)).isEqualTo("one\ntwo\n");
                TemplatesTest.exchange(after, "echo guest >&3\n");
                assertThat(log).hasContent("host\nguest\n");
            }
        }
        assertThat(openFilesBelow(volume)).isZero();
    }

    @Test
    void afterARestartTheFilesAreOpenedAgain() throws IOException, InterruptedException {
        Path state = directory.resolve("state");
        try (Clone before = awake();
                Template frozen = before.freeze(PATIENCE)) {
            frozen.save(state, List.of());
        }
        try (Template loaded =
                        new LocalTemplates()
                                .loadInstance(state, spec(false, SERVER), Suite.get().image());
                Clone after = loaded.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(after, "echo again >&3; pwd\n")).isEqualTo("/data\n");
            assertThat(log).hasContent("again\n");
        }
    }

    @Test
    void aFileThatWasReplacedKeepsItFromGoingOn() throws IOException, InterruptedException {
        Path aside = directory.resolve("aside");
        try (Clone before = awake();
                Template frozen = before.freeze(PATIENCE)) {
            Files.move(config, aside);
            assertThatThrownBy(() -> frozen.start(CloneListener.NONE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining("/data/config");
            Files.writeString(config, "another\n");
            assertThatThrownBy(() -> frozen.start(CloneListener.NONE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining("/data/config");
            assertThat(openFilesBelow(directory)).isZero();

            Files.move(aside, config, StandardCopyOption.REPLACE_EXISTING);
            try (Clone after = frozen.start(CloneListener.NONE)) {
                assertThat(TemplatesTest.exchange(after, READ)).isEqualTo("one\n");
            }
        }
    }

    @Test
    void programsOfAVolumeGoOn() throws IOException, InterruptedException {
        String copied =
                "cp /bin/busybox /data/nc; cp /bin/busybox /data/sleep; /data/sleep 1000 & "
                        + "exec /data/nc -ll -p 8080 -e /bin/sh -c 'read line; echo \"$line\"'";
        try (Template template = boot(spec(false, copied))) {
            Clone awake = template.start(CloneListener.NONE);
            for (int round = 0; round < 3; round++) {
                assertThat(TemplatesTest.exchange(awake, round + "\n")).isEqualTo(round + "\n");
                // The volume itself and both programs.
                assertThat(openFilesBelow(volume)).isEqualTo(3);
                try (Template asleep = awake.freeze(PATIENCE)) {
                    assertThat(openFilesBelow(volume)).isZero();
                    awake = asleep.start(CloneListener.NONE);
                }
            }
            awake.close();
        }
        assertThat(openFilesBelow(volume)).isZero();
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(volume.toString());
    }

    @Test
    void aVolumeThatIsGoneKeepsItFromGoingOn() throws IOException, InterruptedException {
        try (Clone before = awake();
                Template frozen = before.freeze(PATIENCE)) {
            Files.move(volume, directory.resolve("elsewhere"));
            assertThatThrownBy(() -> frozen.start(CloneListener.NONE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining(volume.toString());
        }
    }

    @Test
    void aFileWithoutItsNameKeepsItAwake() throws IOException, InterruptedException {
        try (Clone awake = awake()) {
            assertThat(TemplatesTest.exchange(awake, "rm config; cat <&4\n")).isEqualTo("one\n");
            assertThatThrownBy(() -> awake.freeze(PATIENCE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining("/data/config");
            assertThat(TemplatesTest.exchange(awake, "echo on >&3; cat log\n")).isEqualTo("on\n");
        }
    }

    @Test
    void namesInMessagesAreHarmless() throws IOException, InterruptedException {
        String remove =
                "f=$(printf 'a\\\\033[31m\\\\nb'); exec 5>\"$f\"; rm \"$f\"; "
                        + "sleep 1000 <&4 >/dev/null 2>&1 &\n";
        try (Clone awake = awake()) {
            TemplatesTest.exchange(awake, remove);
            assertThatThrownBy(() -> awake.freeze(PATIENCE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining("/data/a?[31m?b");
        }
    }

    @Test
    void whatAnInstanceWroteNoOtherOneStartsBehind() throws IOException, InterruptedException {
        InstanceSpec spec = spec(false, SERVER);
        Path saved = directory.resolve("template");
        try (Template template = boot(spec);
                Clone only = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(only, READ)).isEqualTo("one\n");
            assertThatThrownBy(() -> template.start(CloneListener.NONE))
                    .isInstanceOf(InstanceException.class)
                    .hasMessageContaining("volumes");
            template.save(saved, List.of());
        }
        assertThatThrownBy(() -> new LocalTemplates().load(saved, spec, Suite.get().image()))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("volumes");
    }

    @Test
    void redisWakesWithItsDataAndItsFile() throws IOException, InterruptedException {
        ProcessSpec process =
                InstanceSpec.DEFAULT
                        .process()
                        .withCommand(
                                List.of(
                                        "redis-server",
                                        "--appendonly",
                                        "yes",
                                        "--appendfsync",
                                        "always",
                                        "--dir",
                                        "/data",
                                        "--protected-mode",
                                        "no"));
        InstanceSpec spec =
                InstanceSpec.DEFAULT
                        .withProcess(process)
                        .withVolumes(List.of(new VolumeMount(volume, "/data", false)));
        // Redis is not root in its image.
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
        Image image = new DemoImages().get("redis");
        Readiness ready = new Readiness.Listens(6379);
        LocalTemplates templates = new LocalTemplates();
        try (Template template = templates.boot(spec, image, ready, PATIENCE)) {
            Clone awake = template.start(CloneListener.NONE);
            for (int round = 1; round <= 3; round++) {
                assertThat(redis(awake, "RPUSH list " + round)).startsWith(":" + round);
                try (Template asleep = awake.freeze(PATIENCE)) {
                    awake = asleep.start(CloneListener.NONE);
                }
            }
            assertThat(redis(awake, "LLEN list")).startsWith(":3");
            awake.close();
        }
        // Its file has what its memory had.
        try (Template template = templates.boot(spec, image, ready, PATIENCE);
                Clone next = template.start(CloneListener.NONE)) {
            assertThat(redis(next, "LINDEX list 2")).startsWith("$1\r\n3");
        }
    }

    private static String redis(Clone clone, String command) throws IOException {
        byte[] lines = (command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII);
        return TemplatesTest.exchange(clone, 6379, lines);
    }

    @Test
    void clonesReadOneVolume() throws IOException, InterruptedException {
        String reader =
                "cd /data; exec 4<config; "
                        + "exec nc -ll -p 8080 -e /bin/sh -c 'cat <&4; echo no >note; cat more'";
        Path more = Files.writeString(volume.resolve("more"), "first\n");
        try (Template template = boot(spec(true, reader));
                Clone one = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(one, "")).isEqualTo("one\nfirst\n");
            Files.writeString(more, "second\n");
            try (Clone other = template.start(CloneListener.NONE)) {
                assertThat(TemplatesTest.exchange(other, "")).isEqualTo("one\nsecond\n");
            }
        }
        assertThat(volume.resolve("note")).doesNotExist();
        assertThat(openFilesBelow(volume)).isZero();
    }
}
