package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.node.CloneLauncher;
import dev.littlecloud.node.Cloud;
import dev.littlecloud.node.CloudConfig;
import dev.littlecloud.node.EdgeConfig;
import dev.littlecloud.registry.Registry;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    private static final int DEADLINE_MILLIS = 90_000;

    @TempDir private Path directory;
    private Path data;
    private int registryPort;

    @BeforeEach
    void requireWhatItNeeds() throws IOException {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        for (String program : List.of("/bin/busybox", "/usr/bin/skopeo")) {
            assumeTrue(
                    Files.isExecutable(Path.of(program)),
                    "needs the program " + program + " (see packages.txt)");
        }
        data = Files.createDirectory(directory.resolve("data"));
        // Part of images' names, so it is the same after a restart.
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            registryPort = free.getLocalPort();
        }
    }

    private Cloud start() throws IOException {
        CloudConfig config =
                new CloudConfig(
                        data, "127.0.0.1", 0, 0, registryPort, "localhost", true, EdgeConfig.PLAIN);
        return Cloud.start(config, CloneLauncher.of(data), "test");
    }

    private Outcome run(Cloud cloud, String... words) throws IOException {
        String token = Files.readString(data.resolve("token")).strip();
        CloudClient client = CloudClient.of("http://127.0.0.1:" + cloud.apiPort(), token);
        return CommandLineTester.ask(() -> client, words);
    }

    private Outcome deploy(Cloud cloud, String name, String image, String... words)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("deploy", name, image));
        all.addAll(List.of(words));
        return run(cloud, all.toArray(String[]::new));
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

    private static String ask(Cloud cloud, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", cloud.gatewayPort())) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void anImageThatIsDeletedUnderAServiceIsKeptForIt() throws Exception {
        Path layout = ServerImage.write(directory);
        try (Cloud cloud = start()) {
            push(layout, "hello:v1");
            assertThat(deploy(cloud, "hello", reference("hello:v1")).code()).isZero();
            ServerImage.run(
                    "skopeo", "delete", "--tls-verify=false", "docker://" + reference("hello:v1"));
            cloud.collectGarbage(NO_GRACE);

            assertThat(ask(cloud, "hello.localhost")).endsWith("hello from a clone\n");
            Outcome again = deploy(cloud, "other", reference("hello:v1"));
            assertThat(again.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(again.err()).contains("hello has no manifest v1; push it first");
        }
        ImageStore store = ImageStore.open(data);
        store.list().forEach(image -> store.remove(image.id().toString()));
        try (Cloud cloud = start()) {
            assertThat(ask(cloud, "hello.localhost")).endsWith("hello from a clone\n");
            assertThat(run(cloud, "rm", "hello").code()).isZero();
            Registry.Collected collected = cloud.collectGarbage(NO_GRACE);
            assertThat(collected.manifests()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotServeIsRefusedWithTheReason() throws Exception {
        Files.writeString(ServerImage.root(directory).resolve("www/index.html"), "hello\n");
        Path foreign = ServerImage.pack(directory, "arm64", SERVER, 80);
        try (Cloud cloud = start()) {
            push(foreign, "foreign:v1");
            for (String image : List.of("oci:" + foreign, reference("foreign:v1"))) {
                Outcome refused = deploy(cloud, "foreign", image);
                assertThat(refused.code()).isEqualTo(ExitCodes.FAILURE);
                assertThat(refused.err())
                        .contains("the image is for linux/arm64; it must be for linux/amd64");
            }
            assertThat(ask(cloud, "foreign.localhost")).startsWith("HTTP/1.1 404 ");
            assertThat(run(cloud, "show", "foreign").out())
                    .contains("revision-failed", "linux/arm64");

            String good = "oci:" + ServerImage.pack(directory, SERVER, 80);
            Outcome ended =
                    deploy(cloud, "ends", good, "--", "sh", "-c", "echo no such table >&2; exit 3");
            assertThat(ended.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(ended.err())
                    .contains("the instance ended before it was ready (exit code 3)")
                    .contains("no such table");
            Outcome missing = deploy(cloud, "missing", good, "--", "/bin/serve");
            assertThat(missing.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(missing.err()).contains("/bin/serve");
        }
    }
}
