package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ShortTurnsTest {
    @Test
    void theCollectorHasThemOnceItIsGivenThem() throws Exception {
        ShortTurns.giveToCollector();
        // Linux has the line since 6.12.
        assertThat(scheduling("VM Thread").lines().filter(line -> line.startsWith("se.slice")))
                .allMatch(line -> line.endsWith(" 100000"));
    }

    private static String scheduling(String name) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).strip().equals(name)) {
                    return Files.readString(thread.resolve("sched"));
                }
            }
        }
        throw new AssertionError("the JVM has no " + name);
    }
}
