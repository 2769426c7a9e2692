package dev.littlecloud.image.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Debian's docker-registry on a free loopback port. */
public final class RegistryServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private RegistryServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * @param htpasswd lines of users with bcrypt passwords; empty lets everybody in
     */
    public static RegistryServer start(Path directory, String htpasswd) throws Exception {
        return start(directory, htpasswd, "");
    }

    /** One that speaks TLS, with the certificate and key in two files of its directory. */
    public static RegistryServer startWithTls(Path directory) throws Exception {
        String tls =
                "  tls:\n    certificate: %s\n    key: %s\n"
                        .formatted(directory.resolve("tls.crt"), directory.resolve("tls.key"));
        return start(directory, "", tls);
    }

    private static RegistryServer start(Path directory, String htpasswd, String tls)
            throws Exception {
        Tools.require("docker-registry", "skopeo");
        int port = freePort();
        String auth = "";
        if (!htpasswd.isEmpty()) {
            Path users = Files.writeString(directory.resolve("htpasswd"), htpasswd);
            auth = "auth:\n  htpasswd:\n    realm: test\n    path: " + users + "\n";
        }
        Path config =
                Files.writeString(
                        directory.resolve("registry.yml"),
                        """
                        version: 0.1
                        log:
                          level: error
                        storage:
                          filesystem:
                            rootdirectory: %s
                        http:
                          addr: 127.0.0.1:%d
                        %s%s"""
                                .formatted(directory.resolve("registry"), port, tls, auth));
        Process process =
                new ProcessBuilder("docker-registry", "serve", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("registry.log").toFile())
                        .start();
        RegistryServer server = new RegistryServer(process, port);
        server.awaitStart(directory.resolve("registry.log"));
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart(Path log) throws Exception {
        long deadline = System.nanoTime() + START.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        close();
        throw new AssertionError("docker-registry does not start: " + Files.readString(log));
    }

    public String host() {
        return "localhost:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
