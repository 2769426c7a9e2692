package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage and bills when the disk is full, or the process is killed while it writes them. */
class UsageFaultsTest {
    private static final String USAGE = "/v1/usage?from=2020-01-01T00:00:00Z";

    @TempDir private Path data;

    /** Serves a data directory, and does what lines of standard input say, one after the other. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        TestCloud cloud = TestCloud.start(directory);
        if (cloud.api.get("/v1/services/hello").status() != 200) {
            cloud.deploy("hello", "", "ready");
        }
        TestCloud.await(() -> cloud.workloads.serving("hello").isPresent());
        WorkloadListener listener = cloud.workloads.serving("hello").orElseThrow().listener;
        System.out.println(cloud.port());
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path filler = directory.resolve("filler");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            switch (line) {
                case "request" -> listener.request(200, 10, 20, 1_000_000);
                case "fill" -> fill(filler);
                case "free" -> Files.delete(filler);
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("done");
        }
    }

    private static void fill(Path file) {
        byte[] block = new byte[4096];
        try {
            while (true) {
                Files.write(file, block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException full) {
            System.err.println("filled: " + full.getMessage());
        }
    }

    private final class Running implements AutoCloseable {
        final Process process;
        final BufferedReader output;
        final ApiClient api;

        Running(String... around) throws IOException {
            List<String> command = new ArrayList<>(List.of(around));
            command.addAll(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-XX:-UsePerfData",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            UsageFaultsTest.class.getName(),
                            directory().toString()));
            process = new ProcessBuilder(command).redirectError(log().toFile()).start();
            output = process.inputReader();
            String port = output.readLine();
            assumeTrue(
                    around.length == 0 || (port != null && !port.startsWith("no mount")),
                    "needs mounts in a user namespace: " + port);
            assertThat(port).as(Files.readString(log())).isNotNull();
            tell("request");
            Path root = Path.of("/proc/" + pid() + "/root");
            String token =
                    Files.readString(
                            root.resolve(directory().toString().substring(1))
                                    .resolve(ControlPlane.TOKEN_FILE));
            api = new ApiClient(Integer.parseInt(port), token.strip());
        }

        private long pid() {
            return process.pid();
        }

        void tell(String command) throws IOException {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            assertThat(output.readLine()).as(Files.readString(log())).isEqualTo("done");
        }

        long requests() {
            var answer = api.get(USAGE);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            return answer.json().at("/total/requests").longValue();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private Path directory() {
        return data.resolve("cloud");
    }

    private Path log() {
        return data.resolve("process.log");
    }

    @Test
    void aKillLosesNoUsageThatWasWrittenAndBillsNothingTwice() throws Exception {
        Files.createDirectories(directory());
        long least = 0;
        long most = 0;
        for (int round = 0; round < 3; round++) {
            try (Running cloud = new Running()) {
                long before = least;
                TestCloud.await(() -> cloud.requests() > before);
                long kept = cloud.requests();
                assertThat(kept).isBetween(least, most + 1);
                least = kept;
                most = kept;
                for (int i = 0; i < 20; i++) {
                    cloud.tell("request");
                    most++;
                }
                // Now, while they are being written, or not yet.
            }
        }
        try (Running cloud = new Running()) {
            long before = least;
            TestCloud.await(() -> cloud.requests() > before);
            assertThat(cloud.requests()).isBetween(least + 1, most + 1);
            String bill = cloud.api.get("/v1/bill?from=2020-01-01T00:00:00Z").text();
            assertThat(bill).contains("\"requests\"");
        }
    }

    @Test
    void aFullDiskLosesNoUsage() throws Exception {
        Files.createDirectories(directory());
        String mount =
                "mount -t tmpfs -o size=24m none "
                        + directory()
                        + " || { echo no mount; exit 1; }; exec \"$@\"";
        try (Running cloud =
                new Running(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        mount,
                        "sh")) {
            TestCloud.await(() -> cloud.requests() == 1);

            cloud.tell("fill");
            for (int i = 0; i < 50; i++) {
                cloud.tell("request");
            }
            var refused = cloud.api.put("/v1/services/other", "{\"image\":\"app\"}");
            assertThat(refused.status()).as(refused.text()).isEqualTo(507);
            assertThat(refused.text()).contains("storage-full", "no space left");
            TestCloud.await(() -> logMentions("usage and logs could not be written"));
            assertThat(cloud.requests()).isEqualTo(1);
            for (int i = 0; i < 50; i++) {
                cloud.tell("request");
            }
            cloud.tell("free");

            TestCloud.await(() -> cloud.requests() >= 101);
            assertThat(cloud.requests()).isEqualTo(101);
            var made = cloud.api.put("/v1/services/other", "{\"image\":\"app\"}");
            assertThat(made.status()).as(made.text()).isEqualTo(201);
        }
    }

    private boolean logMentions(String text) {
        try {
            return Files.readString(log()).contains(text);
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }
}
