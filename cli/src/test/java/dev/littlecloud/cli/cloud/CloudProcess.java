package dev.littlecloud.cli.cloud;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** {@code littlecloud up} as a process of its own, on ports that are free. */
final class CloudProcess implements AutoCloseable {
    private final Process process;
    private final Map<String, String> places = new TreeMap<>();

    private CloudProcess(Process process) {
        this.process = process;
    }

    /**
     * @param options of {@code up}, besides those for its ports
     */
    static CloudProcess start(Path data, String... options) throws IOException {
        return start(data, List.of(), options);
    }

    /**
     * Starts one by another command.
     *
     * @param around that command, which executes the words behind it
     */
    static CloudProcess start(Path data, List<String> around, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(around);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.littlecloud.cli.Littlecloud",
                        "up",
                        "--port",
                        "0",
                        "--api-port",
                        "0",
                        "--registry-port",
                        "0"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LITTLECLOUD_DATA", data.toString());
        builder.redirectErrorStream(true);
        CloudProcess cloud = new CloudProcess(builder.start());
        StringBuilder said = new StringBuilder();
        BufferedReader output = cloud.process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            String[] words = line.trim().split(" +", 2);
            if (words.length == 2) {
                cloud.places.put(words[0], words[1]);
            }
            if (line.startsWith("Deploy in")) {
                // What it logs from now on must not fill the pipe.
                Thread.ofVirtual().start(() -> output.lines().forEach(System.err::println));
                return cloud;
            }
        }
        throw new AssertionError("'up' does not start: " + said);
    }

    /** {@code localhost:PORT} of the registry. */
    String registry() {
        return places.getOrDefault("registry", "");
    }

    String api() {
        return places.getOrDefault("API", "");
    }

    int gatewayPort() {
        return Integer.parseInt(places.getOrDefault("services", "").replaceFirst(".*:", ""));
    }

    /** Pushes an OCI layout to the registry, with skopeo. */
    void push(Path layout, String name, String owner, String token)
            throws IOException, InterruptedException {
        ServerImage.run(
                "skopeo",
                "copy",
                "--insecure-policy",
                "--dest-tls-verify=false",
                "--dest-creds=" + owner + ":" + token,
                "oci:" + layout,
                "docker://" + registry() + "/" + name);
    }

    int httpsPort() {
        return Integer.parseInt(places.getOrDefault("with", "").replaceFirst(".*:", ""));
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Asks it to end, and gives its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("'up' does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
