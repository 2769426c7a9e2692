package dev.littlecloud.cli.cloud;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The image of Debian's Redis, made by {@code images/build} when first asked for. */
final class RedisImage {
    private static final Path BUILD = Path.of("../images/build").toAbsolutePath().normalize();

    /** EX_TEMPFAIL of sysexits.h. */
    private static final int UNREACHABLE = 75;

    private RedisImage() {}

    /** Its reference. */
    static String get() throws IOException, InterruptedException {
        Process build =
                new ProcessBuilder("nice", BUILD.toString(), "redis")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed =
                new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = build.waitFor();
        if (status == UNREACHABLE) {
            abort("the packages of the image 'redis' cannot be fetched");
        }
        if (status != 0) {
            throw new IOException("images/build redis failed, see above");
        }
        return "docker-archive:" + printed.substring(printed.lastIndexOf('\n') + 1);
    }
}
