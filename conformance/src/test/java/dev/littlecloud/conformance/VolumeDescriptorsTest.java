package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Open files of a volume stand for descriptors of the host, which are everybody's. */
class VolumeDescriptorsTest {
    /** What one volume may have open, and some that come and go with an instance. */
    private static final int MOST_DESCRIPTORS = 1024 + 100;

    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Pattern HELD = Pattern.compile("held 3 OK\\n");

    @Test
    void programsCannotTakeAllOfTheHosts(@TempDir Path host) throws Exception {
        var image = Suite.get().image();
        HostUse before = HostUse.now();
        try (HostileInstance instance =
                new HostileInstance(
                        image,
                        Limits.DEFAULT.withMemoryBytes(64 << 20),
                        List.of(),
                        List.of(new VolumeMount(host, "/tmp", false)),
                        "/conformance/init",
                        "/conformance/hostile/object_bombs",
                        "open_files")) {
            assertThat(instance.awaitOutput(HELD, DEADLINE)).as(instance.output()).isNotNull();
            HostUse use = HostUse.now().since(before);
            System.out.println("open files of a volume: " + use);
            assertThat(use.descriptors()).isLessThan(MOST_DESCRIPTORS);
        }
    }
}
