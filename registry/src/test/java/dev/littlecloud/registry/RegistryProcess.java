package dev.littlecloud.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The registry as a process of its own, to be killed. */
final class RegistryProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private RegistryProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Serves the registry of a data directory, prints its port, and waits for its end. */
    public static void main(String[] arguments) throws InterruptedException {
        RegistryServer server = RegistryServer.start(Path.of(arguments[0]), RegistryAccess.OPEN);
        System.out.println(server.port());
        Thread.currentThread().join();
    }

    /**
     * Starts one.
     *
     * @param mostFileBytes what a file may grow to before writing fails as on a full disk; 0 for any
     */
    static RegistryProcess start(Path data, long mostFileBytes) throws IOException {
        List<String> command = new ArrayList<>();
        if (mostFileBytes > 0) {
            String limit = "ulimit -f " + mostFileBytes / 1024 + "; exec \"$@\"";
            command.addAll(List.of("bash", "-c", limit, "bash"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-Dslf4j.internal.verbosity=ERROR", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(RegistryProcess.class.getName(), data.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectError(
                                ProcessBuilder.Redirect.appendTo(
                                        data.resolve("registry.log").toFile()))
                        .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (line == null) {
            throw new AssertionError("the registry does not start; see registry.log");
        }
        return new RegistryProcess(process, Integer.parseInt(line));
    }

    int port() {
        return port;
    }

    String host() {
        return "localhost:" + port;
    }

    /** Ends it at once, as kill -9 does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
