package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.Version;
import dev.littlecloud.cli.cloud.CloudClient;
import dev.littlecloud.cli.cloud.DeployCommand;
import dev.littlecloud.cli.cloud.ListCommand;
import dev.littlecloud.cli.cloud.RemoveCommand;
import dev.littlecloud.node.CloneLauncher;
import dev.littlecloud.node.Cloud;
import dev.littlecloud.node.CloudConfig;
import dev.littlecloud.node.EdgeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/** A cloud in this process, with data of its own. */
final class BenchCloud implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long LOOK_NANOS = 10_000_000;
    private static final long REST_NANOS = 60_000_000_000L;

    private final Cloud cloud;
    private final CloudClient client;

    BenchCloud(Path data) throws IOException {
        cloud =
                Cloud.start(
                        new CloudConfig(data, HOST, 0, 0, 0, "localhost", false, EdgeConfig.PLAIN),
                        CloneLauncher.of(data),
                        Version.number());
        String token = Files.readString(data.resolve("token")).strip();
        client = CloudClient.of("http://" + HOST + ":" + cloud.apiPort(), token);
    }

    int gatewayPort() {
        return cloud.gatewayPort();
    }

    /** Runs {@code littlecloud deploy}. */
    void deploy(String... words) throws IOException {
        ask(new DeployCommand(() -> client), words);
    }

    /** Runs {@code littlecloud rm}. */
    void remove(String service) throws IOException {
        ask(new RemoveCommand(() -> client), service);
    }

    /** Waits until no instance is there. */
    void awaitRest() throws IOException {
        long until = System.nanoTime() + REST_NANOS;
        while (ask(new ListCommand(() -> client), "--output", "json")
                .matches("(?s).*\"instances\"\\s*:\\s*[1-9].*")) {
            if (System.nanoTime() > until) {
                throw new IOException("instances do not end");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static String ask(Object command, String... words) throws IOException {
        StringWriter said = new StringWriter();
        StringWriter complaint = new StringWriter();
        int code =
                new CommandLine(command)
                        .setOut(new PrintWriter(said))
                        .setErr(new PrintWriter(complaint))
                        .execute(words);
        if (code != 0) {
            throw new IOException(complaint.toString());
        }
        return said.toString();
    }

    @Override
    public void close() {
        cloud.close();
    }
}
