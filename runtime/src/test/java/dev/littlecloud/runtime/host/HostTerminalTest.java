package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs programs on a terminal that script(1) makes. */
class HostTerminalTest {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @ParameterizedTest
    @ValueSource(strings = {"close", "exit", "throw", "term"})
    void isRawInBetweenAndRestoredHoweverTheProgramEnds(String ending) throws Exception {
        List<String> lines = probe(ending);

        assertThat(lines).contains("terminal true", "window 33 99");
        assertThat(line(lines, "raw ")).contains(" -icanon ", " -echo ", " -isig ", " -opost ");
        assertThat(line(lines, "after ")).contains(" icanon ", " echo ", " isig ", " opost ");
    }

    @Test
    void isRawAgainAfterAStop() throws Exception {
        List<String> lines = probe("resume");

        assertThat(line(lines, "stopped ")).contains(" icanon ", " isig ");
        assertThat(line(lines, "resumed ")).contains(" -icanon ", " -isig ");
        assertThat(line(lines, "after ")).contains(" icanon ", " isig ");
    }

    @Test
    void aFileIsNoTerminal() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                JAVA.toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                RawModeProbe.class.getName(),
                                "close")
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).contains("terminal false", "window 24 80", "is not a terminal");
    }

    private static List<String> probe(String ending) throws IOException, InterruptedException {
        String shell =
                "stty rows 33 cols 99; %s -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' %s %s; echo after $(stty -a)"
                        .formatted(
                                JAVA,
                                System.getProperty("java.class.path"),
                                RawModeProbe.class.getName(),
                                ending);
        return onTerminal(shell).lines().map(String::strip).toList();
    }

    private static String line(List<String> lines, String start) {
        return lines.stream().filter(line -> line.startsWith(start)).findFirst().orElse("absent");
    }

    private static String onTerminal(String shell) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("script", "-qec", shell, "/dev/null")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
