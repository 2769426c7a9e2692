package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are no good for a service, or are taken away from one. */
class ImageFaultsTest {
    private static final List<String> SERVER =
            List.of("/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www");

    /** Everything pushed so far counts as old. */
    private static final Duration NO_GRACE = Duration.ofMinutes(-1);

    @TempDir private Path directory;
    private Path data;
    private int registryPort;

    @BeforeEach
    void requireWhatItNeeds() throws IOException {
        InnerCloud.requireWhatItNeeds();
        data = Files.createDirectory(directory.resolve("data"));
        registryPort = InnerCloud.freePort();
    }

    private InnerCloud start() throws IOException {
        return InnerCloud.start(data, registryPort);
    }

    private String reference(String name) {
        return "localhost:" + registryPort + "/" + name;
    }

    private void push(Path layout, String name) throws IOException, InterruptedException {
        ServerImage.run(
                "skopeo",
                "copy",
                "--insecure-policy",
                "--dest-tls-verify=false",
                "oci:" + layout,
                "docker://" + reference(name));
    }

    @Test
    void anImageThatIsDeletedUnderAServiceIsKeptForIt() throws Exception {
        Path layout = ServerImage.write(directory);
        try (InnerCloud cloud = start()) {
            push(layout, "hello:v1");
            assertThat(cloud.deploy("hello", reference("hello:v1")).code()).isZero();
            ServerImage.run(
                    "skopeo", "delete", "--tls-verify=false", "docker://" + reference("hello:v1"));
            cloud.cloud.collectGarbage(NO_GRACE);

            assertThat(cloud.ask("hello.localhost", "/")).endsWith("hello from a clone\n");
            Outcome again = cloud.deploy("other", reference("hello:v1"));
            assertThat(again.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(again.err()).contains("hello has no manifest v1; push it first");
        }
        ImageStore store = ImageStore.open(data);
        store.list().forEach(image -> store.remove(image.id().toString()));
        try (InnerCloud cloud = start()) {
            assertThat(cloud.ask("hello.localhost", "/")).endsWith("hello from a clone\n");
            assertThat(cloud.run("rm", "hello").code()).isZero();
            Registry.Collected collected = cloud.cloud.collectGarbage(NO_GRACE);
            assertThat(collected.manifests()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotServeIsRefusedWithTheReason() throws Exception {
        Files.writeString(ServerImage.root(directory).resolve("www/index.html"), "hello\n");
        Path foreign = ServerImage.pack(directory, "arm64", SERVER, 80);
        try (InnerCloud cloud = start()) {
            push(foreign, "foreign:v1");
            for (String image : List.of("oci:" + foreign, reference("foreign:v1"))) {
                Outcome refused = cloud.deploy("foreign", image);
                assertThat(refused.code()).isEqualTo(ExitCodes.FAILURE);
                assertThat(refused.err())
                        .contains("the image is for linux/arm64; it must be for linux/amd64");
            }
            assertThat(cloud.ask("foreign.localhost", "/")).startsWith("HTTP/1.1 404 ");
            assertThat(cloud.run("show", "foreign").out())
                    .contains("revision-failed", "linux/arm64");

            String good = "oci:" + ServerImage.pack(directory, SERVER, 80);
            Outcome ended =
                    cloud.deploy("ends", good, "--", "sh", "-c", "echo no such table >&2; exit 3");
            assertThat(ended.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(ended.err())
                    .contains("the instance ended before it was ready (exit code 3)")
                    .contains("no such table");
            Outcome missing = cloud.deploy("missing", good, "--", "/bin/serve");
            assertThat(missing.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(missing.err()).contains("/bin/serve");
        }
    }
}
