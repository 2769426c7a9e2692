package dev.littlecloud.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentSourceTest {
    private static final EnvironmentSource SOURCE = new EnvironmentSource(Map.of("HOME", "/me"));

    @TempDir private Path directory = Path.of("");

    @Test
    void aNameAloneTakesTheCallersValueOrNothing() {
        assertThat(SOURCE.variables(List.of(), List.of("HOME", "ABSENT", "EMPTY=")))
                .containsExactly(Map.entry("HOME", "/me"), Map.entry("EMPTY", ""));
    }

    @Test
    void filesAreReadAsTheyStandAndOptionsWin() throws IOException {
        Path file =
                write(
                        """
                        # a comment
                        A=from file
                        B="quoted" # kept

                        HOME
                          C=3
                        """);

        assertThat(SOURCE.variables(List.of(file), List.of("A=from option")))
                .containsExactly(
                        Map.entry("A", "from option"),
                        Map.entry("B", "\"quoted\" # kept"),
                        Map.entry("HOME", "/me"),
                        Map.entry("C", "3"));
    }

    @Test
    void aWrongLineIsNamedWithItsNumber() throws IOException {
        Path file = write("A=1\nnot a name=2\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SOURCE.variables(List.of(file), List.of()))
                .withMessageContaining("line 2")
                .withMessageContaining("not a name=2");
    }

    @Test
    void refusesFilesThatAreNoText() throws IOException {
        Path file = directory.resolve("binary");
        Files.write(file, new byte[] {'A', '=', (byte) 0xff});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SOURCE.variables(List.of(file), List.of()))
                .withMessageContaining("not UTF-8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SOURCE.variables(List.of(directory), List.of()))
                .withMessageContaining("cannot be read");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("variables"), text);
    }
}
