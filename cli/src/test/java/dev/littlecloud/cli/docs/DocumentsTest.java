package dev.littlecloud.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    @Test
    void generatedDocumentsAreUpToDate() throws IOException {
        for (Map.Entry<String, String> document : Documents.all().entrySet()) {
            // Maven runs tests in the module's directory.
            Path file = Path.of("..", "docs", document.getKey());
            assertThat(Files.readString(file).equals(document.getValue()))
                    .as("%s is what the program says; './dev docs' writes it anew", file)
                    .isTrue();
        }
    }
}
