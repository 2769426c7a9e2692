package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host changes a volume under a running instance. */
@Timeout(120)
class HostChangesTest {
    private static final String PROGRAM = "/conformance/hostile/shrinking";

    @TempDir private Path volume = Path.of("");

    @Test
    void fileIsCutShortWhileItIsMapped() throws Exception {
        byte[] contents = new byte[16 * 4096];
        Arrays.fill(contents, (byte) 'x');
        Files.write(volume.resolve("data"), contents);
        Suite suite = Suite.get();
        List<String> command = List.of(PROGRAM, "@watch", "/tmp/data");
        CompletableFuture<Result> run = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                run.complete(suite.inGuest(command, volume));
                            } catch (IOException | InterruptedException | RuntimeException e) {
                                run.completeExceptionally(e);
                            }
                        });
        while (!Files.exists(volume.resolve("data.ready")) && !run.isDone()) {
            Thread.sleep(5);
        }
        try (FileChannel file =
                FileChannel.open(volume.resolve("data"), StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
        Files.createFile(volume.resolve("data.cut"));

        Result result = run.get(60, TimeUnit.SECONDS);
        assertThat(result.stdout()).as(result.describe()).isEqualTo("still here\n");
        assertThat(result.exitCode()).isZero();
    }
}
