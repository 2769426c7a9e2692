package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stateful service sleeps while its WebSockets are silent, and they outlast that. */
class IdleWebSocketTest {
    /** Changes protocols, and says how many lines it got on this connection. */
    private static final String SERVER =
            """
            #!/bin/sh
            while read -r head && [ ${#head} -gt 1 ]; do :; done
            printf 'HTTP/1.1 101 Switching Protocols\\r\\n'
            printf 'Connection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'
            count=0
            while read -r line; do count=$((count + 1)); echo "$line $count"; done
            """;

    @TempDir private Path directory;

    @BeforeEach
    void requireWhatItNeeds() {
        InnerCloud.requireWhatItNeeds();
    }

    private static String line(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            assertThat(b).as("the connection ended after '" + line + "'").isNotNegative();
            line.append((char) b);
        }
        return line.toString().strip();
    }

    private static String say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        return line(socket);
    }

    @Test
    void aSilentWebSocketLetsItsServiceSleepAndWakesIt() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        ServerImage.addScript(ServerImage.root(directory), "socket", "");
        Path script = directory.resolve("root/www/cgi-bin/socket");
        Files.writeString(script, SERVER);
        List<String> command = List.of("/bin/nc", "-ll", "-p", "80", "-e", "/www/cgi-bin/socket");
        String image = "oci:" + ServerImage.pack(directory, command, 80);
        try (InnerCloud cloud = InnerCloud.start(data, 0)) {
            assertThat(
                            cloud.deploy(
                                            "chat",
                                            image,
                                            "--scale-to-zero",
                                            "stateful",
                                            "--idle",
                                            "100ms")
                                    .err())
                    .contains("revision 1: ready");
            try (Socket socket = cloud.connect()) {
                socket.getOutputStream()
                        .write(
                                ("GET / HTTP/1.1\r\nHost: chat.localhost\r\n"
                                                + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(line(socket)).startsWith("HTTP/1.1 101 ");
                while (!line(socket).isEmpty()) {
                    // Headers do not matter here.
                }
                assertThat(say(socket, "hello")).isEqualTo("hello 1");
                InnerCloud.await(() -> cloud.instances("chat") == 0);
                assertThat(say(socket, "again")).isEqualTo("again 2");
                InnerCloud.await(() -> cloud.instances("chat") == 0);
                assertThat(say(socket, "still there")).isEqualTo("still there 3");
            }
            assertThat(cloud.run("show", "chat").out())
                    .contains("it is frozen")
                    .doesNotContain("cannot be frozen");
        }
    }
}
