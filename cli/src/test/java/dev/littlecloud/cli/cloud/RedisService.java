package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The stateful service {@code db} of clouds that one after the other have the same data. */
final class RedisService {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private final Path directory;
    private final int port;

    /**
     * @param directory of the cloud's data
     */
    RedisService(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    RedisConnection connect() throws IOException {
        return new RedisConnection(port);
    }

    private CloudClient client(CloudProcess cloud) throws IOException {
        return CloudClient.of(cloud.api(), Files.readString(directory.resolve("token")).strip());
    }

    /** Runs a command line, which must end well. */
    Outcome run(CloudProcess cloud, String... words) throws IOException {
        CloudClient client = client(cloud);
        Outcome outcome = CommandLineTester.ask(() -> client, words);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    /** What the cloud shows of the service, with its events. */
    String shown(CloudProcess cloud) throws IOException {
        return run(cloud, "show", "db").out();
    }

    /**
     * Deploys a revision.
     *
     * @param variable of its environment, so that it is another one than the last
     */
    void deploy(CloudProcess cloud, String variable) throws Exception {
        Outcome outcome = tryToDeploy(cloud, variable);
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    /** The same with a cloud that may be killed meanwhile. */
    Outcome tryToDeploy(CloudProcess cloud, String variable) throws Exception {
        CloudClient client = client(cloud);
        return CommandLineTester.ask(
                () -> client,
                "deploy",
                "db",
                RedisImage.get(),
                "--protocol",
                "tcp",
                "--publish",
                Integer.toString(port),
                "--scale-to-zero",
                "stateful",
                "--idle",
                "100ms",
                "-e",
                variable);
    }

    interface Check {
        boolean holds() throws IOException;
    }

    static void await(Check check) throws Exception {
        await(check, 10);
    }

    /** Waits for what may not last long. */
    static void await(Check check, long pauseMillis) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(pauseMillis);
        }
    }

    /** Waits until the instance that has just answered is frozen. */
    void awaitFrozen(CloudProcess cloud) throws Exception {
        CloudClient client = client(cloud);
        await(() -> client.get("/v1/services/db").get("instances").intValue() == 0);
    }

    /** Files and folders of the service's snapshots, once there is exactly one of these. */
    Path only(String pattern) throws Exception {
        List<Path> found = new ArrayList<>();
        await(
                () -> {
                    found.clear();
                    found.addAll(find(pattern));
                    return found.size() == 1;
                });
        return found.getFirst();
    }

    /** Files and folders of the service's snapshots. */
    List<Path> find(String pattern) throws IOException {
        Path folder = directory.resolve("snapshots");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(
                            file ->
                                    folder.relativize(file)
                                            .toString()
                                            .matches("[0-9a-f]*/db/(" + pattern + ")"))
                    .toList();
        } catch (UncheckedIOException | NoSuchFileException changing) {
            return List.of();
        }
    }
}
