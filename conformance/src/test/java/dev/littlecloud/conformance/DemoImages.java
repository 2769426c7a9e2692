package dev.littlecloud.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Images of unmodified Debian packages, made by {@code images/build} when first asked for. */
final class DemoImages {
    private static final Path BUILD = Path.of("../images/build").toAbsolutePath().normalize();

    /** EX_TEMPFAIL of sysexits.h. */
    private static final int UNREACHABLE = 75;

    private final ImageStore store =
            ImageStore.open(Path.of("target/demo-images").toAbsolutePath());

    Image get(String name) throws IOException, InterruptedException {
        Process build =
                new ProcessBuilder("nice", BUILD.toString(), name)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed =
                new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = build.waitFor();
        if (status == UNREACHABLE) {
            abort("the packages of the image '%s' cannot be fetched".formatted(name));
        }
        if (status != 0) {
            throw new IOException("images/build %s failed, see above".formatted(name));
        }
        String archive = printed.substring(printed.lastIndexOf('\n') + 1);
        return store.resolve(
                ImageReference.parse("docker-archive:" + archive),
                PullPolicy.MISSING,
                Progress.NONE);
    }
}
