package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud from its first start to its end: push, deploy, ask, kill, ask again, remove. */
class CloudTest {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    @TempDir private Path directory;

    @BeforeEach
    void requireWhatItNeeds() {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/skopeo")),
                "needs the program skopeo (see packages.txt)");
        assumeTrue(
                Files.isExecutable(Path.of("/bin/busybox")),
                "needs the program busybox (see packages.txt)");
    }

    private Outcome run(CloudProcess cloud, String... words) throws IOException {
        String token = Files.readString(directory.resolve("data/token")).strip();
        return CommandLineTester.ask(() -> CloudClient.of(cloud.api(), token), words);
    }

    /** What the gateway answers to a request for a host. */
    private static String ask(CloudProcess cloud, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", cloud.gatewayPort())) {
            socket.setSoTimeout((int) DEADLINE.toMillis());
            String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aServiceIsPushedDeployedAskedAndRemoved() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path layout = ServerImage.write(directory);
        try (CloudProcess cloud = CloudProcess.start(data)) {
            cloud.push(
                    layout, "hello:v1", "admin", Files.readString(data.resolve("token")).strip());

            Outcome deployed = run(cloud, "deploy", "hello", cloud.registry() + "/hello:v1");
            assertThat(deployed.code()).as(deployed.err()).isZero();
            assertThat(deployed.out())
                    .isEqualTo("http://hello.localhost:" + cloud.gatewayPort() + "\n");
            assertThat(deployed.err()).contains("revision 1: ready");
            assertThat(ask(cloud, "hello.localhost"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("hello from a clone\n");
            assertThat(run(cloud, "ls").out()).contains("hello", "ready");
            assertThat(run(cloud, "show", "hello").out()).contains("revision-ready", "/hello:v1");

            Outcome failed =
                    run(
                            cloud,
                            "deploy",
                            "hello",
                            cloud.registry() + "/hello:v1",
                            "--port",
                            "81",
                            "--ready-timeout",
                            "2s");
            assertThat(failed.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(failed.err()).contains("does not listen on port 81");
            assertThat(ask(cloud, "hello.localhost")).endsWith("hello from a clone\n");
            cloud.kill();
        }

        try (CloudProcess cloud = CloudProcess.start(data)) {
            assertThat(ask(cloud, "hello.localhost")).endsWith("hello from a clone\n");
            Outcome bill = run(cloud, "bill");
            assertThat(bill.out()).contains("hello     cpu", "total");

            assertThat(run(cloud, "rm", "hello").code()).isZero();
            assertThat(run(cloud, "show", "hello").code()).isEqualTo(ExitCodes.FAILURE);
            long deadline = System.nanoTime() + DEADLINE.toNanos();
            while (!ask(cloud, "hello.localhost").startsWith("HTTP/1.1 404 ")) {
                assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            }
            assertThat(cloud.stop()).isZero();
        }
    }
}
