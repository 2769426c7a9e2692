package dev.littlecloud.cli.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that stays connected, and speaks Redis' inline commands. */
final class RedisConnection implements AutoCloseable {
    private static final int DEADLINE_MILLIS = 90_000;

    private final Socket socket;

    RedisConnection(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(DEADLINE_MILLIS);
    }

    void send(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a command whose answer is one line, or one value; gives that. */
    String ask(String command) throws IOException {
        send(command);
        String line = line();
        if (line.equals("$-1")) {
            return "nothing";
        }
        return line.startsWith("$") ? line() : line.substring(1);
    }

    private String line() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended after '" + line + "'");
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
