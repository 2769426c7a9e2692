package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.node.CloneLauncher;
import dev.littlecloud.node.Cloud;
import dev.littlecloud.node.CloudConfig;
import dev.littlecloud.node.EdgeConfig;
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

/** A cloud in this process, whose registry everybody may push to. */
final class InnerCloud implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    final Cloud cloud;
    private final String token;

    private InnerCloud(Cloud cloud, String token) {
        this.cloud = cloud;
        this.token = token;
    }

    /** Skips the test where this machine lacks something. */
    static void requireWhatItNeeds() {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        for (String program : List.of("/bin/busybox", "/usr/bin/skopeo")) {
            assumeTrue(
                    Files.isExecutable(Path.of(program)),
                    "needs the program " + program + " (see packages.txt)");
        }
    }

    /** A port for a registry, which is part of images' names and so the same after a restart. */
    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    static InnerCloud start(Path data, int registryPort) throws IOException {
        CloudConfig config =
                new CloudConfig(
                        data, "127.0.0.1", 0, 0, registryPort, "localhost", true, EdgeConfig.PLAIN);
        Cloud cloud = Cloud.start(config, CloneLauncher.of(data), "test");
        return new InnerCloud(cloud, Files.readString(data.resolve("token")).strip());
    }

    CloudClient client() {
        return CloudClient.of(api(), token);
    }

    String api() {
        return "http://127.0.0.1:" + cloud.apiPort();
    }

    String token() {
        return token;
    }

    Outcome run(String... words) {
        return CommandLineTester.ask(this::client, words);
    }

    Outcome deploy(String name, String image, String... words) {
        List<String> all = new ArrayList<>(List.of("deploy", name, image));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    /** A connection to the gateway. */
    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", cloud.gatewayPort());
        socket.setSoTimeout((int) DEADLINE.toMillis());
        return socket;
    }

    /** What the gateway answers to a request for a host. */
    String ask(String host, String path) throws IOException {
        try (Socket socket = connect()) {
            String request =
                    "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, host);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    int instances(String service) {
        return client().get("/v1/services/" + service).get("instances").intValue();
    }

    interface Check {
        boolean holds() throws Exception;
    }

    static void await(Check check) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        cloud.close();
    }
}
