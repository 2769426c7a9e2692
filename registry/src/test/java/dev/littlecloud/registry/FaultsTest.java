package dev.littlecloud.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import dev.littlecloud.registry.RegistryServer.Answer;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills, full disks and clients that are cut off. */
class FaultsTest {
    private static final int PUSHES_BEFORE_KILL = 12;

    @TempDir private Path data;

    private static Answer send(int port, String method, String path, byte[] body, String... more) {
        return RegistryServer.send(port, method, path, BodyPublishers.ofByteArray(body), more);
    }

    /** Pushes image after image until the registry is gone, and remembers what it acknowledged. */
    private static void pushAll(
            int port, int round, Map<String, Digest> acknowledged, CountDownLatch enough) {
        Random random = new Random(Long.getLong("seed", 20261121) + round);
        try {
            while (true) {
                byte[] blob = new byte[50_000 + random.nextInt(100_000)];
                random.nextBytes(blob);
                Digest digest = Digest.sha256(blob);
                String pushes = "/v2/app/blobs/uploads/";
                send(port, "POST", pushes + "?digest=" + digest, blob);
                String manifest = RegistryServer.manifest("", digest, digest);
                String tag = "v" + random.nextInt(4) + "-" + round;
                Answer answer =
                        send(
                                port,
                                "PUT",
                                "/v2/app/manifests/" + tag,
                                RegistryServer.bytes(manifest),
                                "Content-Type",
                                RegistryServer.IMAGE);
                assertThat(answer.status()).isEqualTo(201);
                acknowledged.put(tag, Digest.sha256(RegistryServer.bytes(manifest)));
                enough.countDown();
            }
        } catch (UncheckedIOException killed) {
            // The registry is gone, as was wanted.
            return;
        }
    }

    @Test
    void aKillLosesNothingThatWasAcknowledged() throws Exception {
        Map<String, Digest> acknowledged = new ConcurrentHashMap<>();
        for (int round = 0; round < 3; round++) {
            CountDownLatch enough = new CountDownLatch(PUSHES_BEFORE_KILL + round);
            Thread pusher;
            try (RegistryProcess process = RegistryProcess.start(data, 0)) {
                int number = round;
                pusher =
                        Thread.ofVirtual()
                                .start(() -> pushAll(process.port(), number, acknowledged, enough));
                assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
            }
            pusher.join();
        }

        try (RegistryServer server = RegistryServer.start(data, RegistryAccess.OPEN)) {
            assertThat(server.registry.tags("app")).containsAll(acknowledged.keySet());
            for (String tag : server.registry.tags("app")) {
                Answer manifest = server.send("GET", "/v2/app/manifests/" + tag);
                assertThat(Digest.sha256(manifest.body()).toString())
                        .isEqualTo(manifest.header("Docker-Content-Digest"));
                Digest layer = ManifestContent.parse(manifest.body()).blobs().getFirst();
                Answer blob = server.send("GET", "/v2/app/blobs/" + layer);
                assertThat(Digest.sha256(blob.body())).isEqualTo(layer);
            }
        }
    }

    @Test
    void anUploadGoesOnAfterAKill() throws Exception {
        byte[] half = RegistryServer.bytes("the first half, ");
        byte[] whole = RegistryServer.bytes("the first half, the second half");
        String location;
        try (RegistryProcess process = RegistryProcess.start(data, 0)) {
            location =
                    send(process.port(), "POST", "/v2/app/blobs/uploads/", new byte[0])
                            .header("Location");
            assertThat(send(process.port(), "PATCH", location, half).status()).isEqualTo(202);
        }

        try (RegistryServer server = RegistryServer.start(data, RegistryAccess.OPEN)) {
            assertThat(server.send("GET", location).header("Range")).isEqualTo("0-15");
            Answer put =
                    server.send(
                            "PUT",
                            location + "?digest=" + Digest.sha256(whole),
                            RegistryServer.bytes("the second half"),
                            "Content-Range",
                            "16-30");
            assertThat(put.status()).isEqualTo(201);
        }
    }

    @Test
    void aFullDiskIsNamedAndTheUploadGoesOnWhenThereIsRoom() throws Exception {
        byte[] blob = new byte[600_000];
        String location;
        try (RegistryProcess process = RegistryProcess.start(data, 300 << 10)) {
            location =
                    send(process.port(), "POST", "/v2/app/blobs/uploads/", new byte[0])
                            .header("Location");

            Answer full = send(process.port(), "PATCH", location, blob);
            assertThat(full.status()).isEqualTo(507);
            assertThat(full.text()).contains("\"INSUFFICIENT_STORAGE\"", "no space left");

            byte[] small = RegistryServer.bytes("small");
            Answer other =
                    send(
                            process.port(),
                            "POST",
                            "/v2/app/blobs/uploads/?digest=" + Digest.sha256(small),
                            small);
            assertThat(other.status()).isEqualTo(201);
        }

        try (RegistryServer server = RegistryServer.start(data, RegistryAccess.OPEN)) {
            String range = server.send("GET", location).header("Range");
            int next = Integer.parseInt(range.substring(2)) + 1;
            byte[] rest = new byte[blob.length - next];
            Answer put = server.send("PUT", location + "?digest=" + Digest.sha256(blob), rest);
            assertThat(put.status()).isEqualTo(201);
        }
    }

    @Test
    void aClientThatIsCutOffCanGoOn() throws Exception {
        try (RegistryServer server = RegistryServer.start(data, RegistryAccess.OPEN)) {
            String location = server.begin("app");
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                String request =
                        "PATCH "
                                + location
                                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456789";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                // The end of the answer, whatever it is, comes behind the last byte stored.
                socket.getInputStream().readAllBytes();
            }

            assertThat(server.send("GET", location).header("Range")).isEqualTo("0-9");
        }
    }
}
