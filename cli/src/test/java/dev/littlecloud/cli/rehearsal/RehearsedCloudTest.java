package dev.littlecloud.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.littlecloud.runtime.host.KvmAccess;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsedCloudTest {
    @TempDir private Path directory = Path.of("");

    /** The build goes on where it is not, and first requests are slower then. */
    @Test
    void everyRequestIsAnswered() {
        Assumptions.assumeTrue(
                KvmAccess.problem().isEmpty(), () -> KvmAccess.problem().orElseThrow());
        assertThatCode(() -> RehearsedCloud.run(directory)).doesNotThrowAnyException();
    }
}
