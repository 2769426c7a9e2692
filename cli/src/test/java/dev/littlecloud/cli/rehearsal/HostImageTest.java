package dev.littlecloud.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostImageTest {
    @Test
    void hasWhatRunsUsAndWhatThatIsLinkedTo() throws IOException {
        Collection<Path> files = HostImage.ofThisHost().files();

        assertThat(files)
                .contains(Path.of(System.getProperty("java.home"), "bin", "java"))
                .allMatch(Path::isAbsolute)
                .allMatch(Files::isReadable)
                .anyMatch(file -> file.endsWith("bash"))
                .anyMatch(file -> String.valueOf(file.getFileName()).startsWith("ld-"));
    }

    @Test
    void aToolThatTheHostDoesNotHaveIsNamed() {
        assertThatThrownBy(() -> HostFiles.tools(List.of("bash", "no-such-tool")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("no-such-tool");
    }

    @Test
    void filesThatAreLinkedToNothingNeedNothing() throws IOException {
        assertThat(HostFiles.libraries(Set.of(Path.of("/etc/passwd")))).isEmpty();
    }
}
