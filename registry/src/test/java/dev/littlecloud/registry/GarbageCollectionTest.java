package dev.littlecloud.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageCollectionTest {
    /** Everything pushed so far counts as old. */
    private static final Duration NO_GRACE = Duration.ofMinutes(-1);

    @TempDir private Path data;
    private RegistryServer server;

    @BeforeEach
    void start() {
        server = RegistryServer.start(data, RegistryAccess.OPEN);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Digest image(String name, String tag, String content) {
        Digest blob = server.push(name, RegistryServer.bytes(content));
        return server.pushManifest(
                name, tag, RegistryServer.IMAGE, RegistryServer.manifest("", blob, blob));
    }

    private int status(String name, Digest manifest) {
        return server.send("GET", "/v2/" + name + "/manifests/" + manifest).status();
    }

    private int blobStatus(String name, String content) {
        return server.send(
                        "GET",
                        "/v2/" + name + "/blobs/" + Digest.sha256(RegistryServer.bytes(content)))
                .status();
    }

    @Test
    void whatATagLedToGoesWithTheTag() {
        Digest old = image("app", "v1", "old");
        Digest current = image("app", "v1", "new");

        Registry.Collected collected = server.registry.collectGarbage(Set.of(), NO_GRACE);

        assertThat(collected.manifests()).isEqualTo(1);
        assertThat(collected.contents()).isEqualTo(2);
        assertThat(collected.bytes()).isGreaterThan(3);
        assertThat(status("app", old)).isEqualTo(404);
        assertThat(blobStatus("app", "old")).isEqualTo(404);
        assertThat(status("app", current)).isEqualTo(200);
        assertThat(blobStatus("app", "new")).isEqualTo(200);
    }

    @Test
    void whatARevisionUsesStays() {
        Digest deployed = image("app", "v1", "old");
        image("app", "v1", "new");

        server.registry.collectGarbage(Set.of(deployed), NO_GRACE);

        assertThat(status("app", deployed)).isEqualTo(200);
        assertThat(blobStatus("app", "old")).isEqualTo(200);
    }

    @Test
    void whatARevisionUsesStaysOnDiskEvenWhenItsManifestIsDeleted() {
        Digest deployed = image("app", "v1", "old");
        server.send("DELETE", "/v2/app/manifests/" + deployed);

        server.registry.collectGarbage(Set.of(deployed), NO_GRACE);

        assertThat(server.registry.blobs().has(deployed)).isTrue();
        assertThat(server.registry.blobs().has(Digest.sha256(RegistryServer.bytes("old"))))
                .isTrue();
    }

    @Test
    void whatIsDeletedThoughARevisionUsesItGoesWhenNoneDoes() {
        Digest deployed = image("app", "v1", "old");
        Digest configuration = Digest.sha256(RegistryServer.bytes("old"));
        server.registry.inUse(() -> Set.of(deployed, configuration));
        String blob = "/v2/app/blobs/" + configuration;

        assertThat(server.send("DELETE", "/v2/app/manifests/" + deployed).status()).isEqualTo(202);
        assertThat(server.send("DELETE", blob).status()).isEqualTo(202);
        server.registry.collectGarbage(Set.of(deployed, configuration), NO_GRACE);

        assertThat(server.send("GET", "/v2/app/manifests/v1").status()).isEqualTo(404);
        assertThat(status("app", deployed)).isEqualTo(200);
        assertThat(blobStatus("app", "old")).isEqualTo(200);

        server.registry.inUse(Set::of);
        server.registry.collectGarbage(Set.of(), NO_GRACE);

        assertThat(status("app", deployed)).isEqualTo(404);
        assertThat(blobStatus("app", "old")).isEqualTo(404);
    }

    @Test
    void indexesAndReferrersKeepWhatBelongsToThem() {
        Digest child = image("app", "old-name", "child");
        server.pushManifest("app", "multi", RegistryServer.INDEX, RegistryServer.index(child));
        server.send("DELETE", "/v2/app/manifests/old-name");
        Digest blob = server.push("app", RegistryServer.bytes("signature"));
        String subject = "\"subject\":{\"digest\":\"" + child + "\"},";
        Digest signature =
                server.pushManifest(
                        "app",
                        "signature",
                        RegistryServer.IMAGE,
                        RegistryServer.manifest(subject, blob, blob));
        server.send("DELETE", "/v2/app/manifests/signature");

        server.registry.collectGarbage(Set.of(), NO_GRACE);

        assertThat(status("app", child)).isEqualTo(200);
        assertThat(blobStatus("app", "child")).isEqualTo(200);
        assertThat(status("app", signature)).isEqualTo(200);
        assertThat(blobStatus("app", "signature")).isEqualTo(200);
    }

    @Test
    void whatIsBeingPushedStays() {
        Duration grace = Duration.ofHours(1);
        server.push("app", RegistryServer.bytes("layer of a manifest to come"));
        String upload = server.begin("app");
        server.send("PATCH", upload, RegistryServer.bytes("first half"));

        Registry.Collected collected = server.registry.collectGarbage(Set.of(), grace);

        assertThat(collected).isEqualTo(new Registry.Collected(0, 0, 0, 0));
        assertThat(blobStatus("app", "layer of a manifest to come")).isEqualTo(200);
        assertThat(server.send("GET", upload).status()).isEqualTo(204);
    }

    @Test
    void whatNobodyGoesOnWithIsRemoved() {
        server.push("app", RegistryServer.bytes("no manifest ever came"));
        String upload = server.begin("app");
        server.send("PATCH", upload, RegistryServer.bytes("first half"));

        Registry.Collected collected = server.registry.collectGarbage(Set.of(), NO_GRACE);

        assertThat(collected.contents()).isEqualTo(1);
        assertThat(collected.uploads()).isEqualTo(1);
        assertThat(server.send("GET", upload).status()).isEqualTo(404);
        assertThat(blobStatus("app", "no manifest ever came")).isEqualTo(404);
    }

    @Test
    void manifestsPushedByDigestStay() {
        Digest digest = image("app", "", "by digest");

        server.registry.collectGarbage(Set.of(), NO_GRACE);

        assertThat(status("app", digest)).isEqualTo(200);
    }
}
