package dev.littlecloud.image.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs programs that nobody here wrote. */
public final class Tools {
    private Tools() {}

    /** Skips the test, and says so, where a program is missing. */
    public static void require(String... programs) {
        for (String program : programs) {
            boolean isThere =
                    Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
            assumeTrue(isThere, "needs the program " + program + " (see packages.txt)");
        }
    }

    /** Runs a program to its end, which must be a good one, and gives what it printed. */
    public static String run(Path directory, String... command) {
        try {
            Process process =
                    new ProcessBuilder(List.of(command))
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Removes a folder and all below it. */
    public static void deleteTree(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
