package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.ApiClient.Answer;
import dev.littlecloud.control.deploy.Images;
import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.web.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A control plane over workloads that run nothing, with an image called {@code app:latest}. */
public final class TestCloud implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    public final FakeWorkloads workloads = new FakeWorkloads();
    public final ControlPlane plane;
    public final ApiClient api;
    public final String token;
    private final WebServer server;

    private TestCloud(Path data) throws IOException {
        ImageStore store = ImageStore.open(data);
        if (store.list().isEmpty()) {
            store.load(ImageReference.parse("docker-archive:" + archive(data)), Progress.NONE);
        }
        plane =
                ControlPlane.open(
                        data,
                        new Images(store, Set.of("localhost:5000")),
                        workloads,
                        Clock.systemUTC(),
                        "test");
        server = WebServer.start(WebServer.Config.loopback("control", 0), plane.endpoint());
        token = Files.readString(data.resolve(ControlPlane.TOKEN_FILE)).strip();
        api = new ApiClient(server.port(), token);
    }

    public static TestCloud start(Path data) {
        try {
            return new TestCloud(data);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return server.port();
    }

    public ApiClient client(String otherToken) {
        return new ApiClient(server.port(), otherToken);
    }

    /** What docker save writes for an image with nothing in it. */
    private static Path archive(Path data) throws IOException {
        byte[] layer = new byte[1024];
        String config =
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Cmd\":[\"/app\"]},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + Digest.sha256(layer)
                        + "\"]}}";
        String manifest =
                "[{\"Config\":\"config.json\",\"RepoTags\":[\"app:latest\"],\"Layers\":[\"layer.tar\"]}]";
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        add(tar, "config.json", config.getBytes(StandardCharsets.UTF_8));
        add(tar, "layer.tar", layer);
        add(tar, "manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
        tar.writeBytes(new byte[1024]);
        return Files.write(data.resolve("app.tar"), tar.toByteArray());
    }

    /** An entry of a tar in the ustar format, tar(5). */
    private static void add(ByteArrayOutputStream tar, String name, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(header, 124, "%011o\0".formatted(content.length) + "00000000000\0        0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** Deploys a service of the image and waits for it to be as wanted. */
    public Answer deploy(String name, String fields, String state) {
        Answer answer = api.put("/v1/services/" + name, "{\"image\":\"app\"" + fields + "}");
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        awaitState(name, state);
        return api.get("/v1/services/" + name);
    }

    public void awaitState(String name, String state) {
        await(
                () ->
                        api.get("/v1/services/" + name)
                                .json()
                                .get("state")
                                .stringValue()
                                .equals(state));
    }

    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        plane.endStreams();
        server.close();
        plane.close();
    }
}
