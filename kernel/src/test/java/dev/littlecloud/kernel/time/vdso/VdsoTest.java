package dev.littlecloud.kernel.time.vdso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VdsoTest {
    @TempDir Path directory = Path.of("");

    @Test
    void isWholePages() {
        assertThat(Vdso.build().length % 4096).isZero();
    }

    @Test
    void hashesTheVersionAsEveryParserExpects() {
        assertThat(VdsoImage.hash("LINUX_2.6")).isEqualTo(0x3AE75F6);
    }

    @Test
    void isAnElfFileThatToolsUnderstand() throws Exception {
        Path object = write();
        assumeTrue(hasTool("readelf"), "readelf is not there");
        String headers = run("readelf", "-lWd", object.toString());
        assertThat(headers).contains("DYN (Shared object file)");
        assertThat(headers).contains("Library soname: [linux-vdso.so.1]");
        assertThat(headers).doesNotContain("Warning").doesNotContain("Error");
        String symbols = run("readelf", "-D", "-s", "-W", object.toString());
        assertThat(symbols).contains("__vdso_clock_gettime").contains("WEAK");
    }

    @Test
    void worksWithTheLinkerOfTheHostsCLibrary() throws Exception {
        assumeTrue(hasTool("gcc"), "gcc is not there");
        Path source = directory.resolve("check.c");
        try (InputStream in = getClass().getResourceAsStream("/vdso/check.c")) {
            Files.write(source, Objects.requireNonNull(in).readAllBytes());
        }
        Path program = directory.resolve("check");
        String compiled =
                run("gcc", "-O1", "-o", program.toString(), source.toString(), "-ldl", "-lpthread");
        assertThat(compiled).isEmpty();
        assertThat(run(program.toString(), write().toString())).startsWith("ok");
    }

    private Path write() throws IOException {
        return Files.write(directory.resolve("vdso.so"), Vdso.build());
    }

    private static boolean hasTool(String name) {
        return Files.isExecutable(Path.of("/usr/bin", name));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
