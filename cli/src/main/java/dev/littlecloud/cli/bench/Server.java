package dev.littlecloud.cli.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** A server that listens on a port of the host's loopback interface, in a guest or not. */
record Server(int port, Closeable program) implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int POLL_MILLIS = 20;

    /** A port that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts a process of the host. */
    static Server process(int port, List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new Server(
                port,
                () -> {
                    // Politely: a master ends its workers.
                    process.destroy();
                    process.onExit().orTimeout(5, java.util.concurrent.TimeUnit.SECONDS).join();
                });
    }

    /** Waits until it takes a connection and says something. */
    void awaitAnswer(String request) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.getOutputStream()
                        .write(request.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                if (socket.getInputStream().read() >= 0) {
                    return;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new IOException("nothing answers on port " + port, notYet);
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    @Override
    public void close() throws IOException {
        program.close();
    }
}
