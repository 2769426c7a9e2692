package dev.littlecloud.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyImageTest {
    @TempDir private Path directory = Path.of("");

    @Test
    void theProgramRunsOnLinux() throws IOException, InterruptedException {
        Path file = directory.resolve("tiny");
        Files.write(file, TinyProgram.elf());
        assertThat(file.toFile().setExecutable(true)).isTrue();

        Process process = new ProcessBuilder(file.toString()).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

        assertThat(output).isEqualTo(TinyProgram.OUTPUT);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void theImageIsOneThatTheStoreTakes() throws IOException {
        Path layout = directory.resolve("layout");
        TinyImage.write(layout);

        Image image =
                ImageStore.open(directory.resolve("data"))
                        .resolve(
                                ImageReference.parse("oci:" + layout),
                                PullPolicy.MISSING,
                                Progress.NONE);

        assertThat(image.config().entrypoint()).isEqualTo(List.of("/tiny"));
        assertThat(image.tree().root().child("tiny")).isNotNull();
    }
}
