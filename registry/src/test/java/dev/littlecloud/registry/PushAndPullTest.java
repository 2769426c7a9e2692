package dev.littlecloud.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import dev.littlecloud.registry.RegistryServer.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Pull" and "Push" of the specification's conformance list. */
class PushAndPullTest {
    private static final byte[] BLOB = RegistryServer.bytes("0123456789abcdef");
    private static final String MISSING = "sha256:" + "0".repeat(64);

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

    private void assertStored(String name, byte[] blob) {
        Answer answer = server.send("GET", "/v2/" + name + "/blobs/" + Digest.sha256(blob));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(blob);
        assertThat(answer.header("Docker-Content-Digest"))
                .isEqualTo(Digest.sha256(blob).toString());
    }

    private static void assertError(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text())
                .startsWith("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2"})
    void saysThatItIsARegistry(String path) {
        Answer answer = server.send("GET", path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Docker-Distribution-API-Version")).isEqualTo("registry/2.0");
    }

    @Test
    void takesABlobInOnePost() {
        server.push("team/app", BLOB);

        assertStored("team/app", BLOB);
    }

    @Test
    void takesABlobByPostAndPut() {
        String location = server.begin("app");

        Answer answer = server.send("PUT", location + "?digest=" + Digest.sha256(BLOB), BLOB);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/v2/app/blobs/" + Digest.sha256(BLOB));
        assertStored("app", BLOB);
        assertError(server.send("GET", location), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void takesChunksInOrderAndSaysWhereItGoesOn() {
        String location = server.begin("app");

        Answer first =
                server.send("PATCH", location, Arrays.copyOf(BLOB, 5), "Content-Range", "0-4");
        Answer again =
                server.send("PATCH", location, Arrays.copyOf(BLOB, 5), "Content-Range", "0-4");
        Answer state = server.send("GET", location);
        Answer last =
                server.send(
                        "PUT",
                        location + "?digest=" + Digest.sha256(BLOB),
                        Arrays.copyOfRange(BLOB, 5, 16),
                        "Content-Range",
                        "5-15");

        assertThat(first.status()).isEqualTo(202);
        assertThat(first.header("Range")).isEqualTo("0-4");
        assertError(again, 416, "RANGE_INVALID");
        assertThat(again.header("Range")).isEqualTo("0-4");
        assertThat(again.header("Location")).isEqualTo(location);
        assertThat(state.status()).isEqualTo(204);
        assertThat(state.header("Range")).isEqualTo("0-4");
        assertThat(last.status()).isEqualTo(201);
        assertStored("app", BLOB);
    }

    @Test
    void takesDockersOneChunkWithoutLengthAndRange() {
        byte[] blob = new byte[3_000_000];
        new Random(Long.getLong("seed", 20261121)).nextBytes(blob);
        String location = server.begin("app");

        Answer patch =
                RegistryServer.send(
                        server.port(),
                        "PATCH",
                        location,
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(blob)));
        Answer put = server.send("PUT", location + "?digest=" + Digest.sha256(blob));

        assertThat(patch.status()).isEqualTo(202);
        assertThat(patch.header("Range")).isEqualTo("0-2999999");
        assertThat(put.status()).isEqualTo(201);
        assertStored("app", blob);
    }

    @Test
    void anUploadGoesOnAfterARestart() {
        String location = server.begin("app");
        server.send("PATCH", location, Arrays.copyOf(BLOB, 7));
        server.close();
        server = RegistryServer.start(data, RegistryAccess.OPEN);

        assertThat(server.send("GET", location).header("Range")).isEqualTo("0-6");
        Answer put =
                server.send(
                        "PUT",
                        location + "?digest=" + Digest.sha256(BLOB),
                        Arrays.copyOfRange(BLOB, 7, 16),
                        "Content-Range",
                        "7-15");

        assertThat(put.status()).isEqualTo(201);
        assertStored("app", BLOB);
    }

    @Test
    void aCancelledUploadIsGone() {
        String location = server.begin("app");

        assertThat(server.send("DELETE", location).status()).isEqualTo(204);
        assertError(server.send("PATCH", location, BLOB), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void otherBytesThanAnnouncedAreRefusedAndNotStored() {
        String location = server.begin("app");

        assertError(
                server.send("PUT", location + "?digest=" + MISSING, BLOB), 400, "DIGEST_INVALID");
        assertError(server.send("PUT", location, BLOB), 404, "BLOB_UPLOAD_UNKNOWN");
        assertError(
                server.send("POST", "/v2/app/blobs/uploads/?digest=" + MISSING, BLOB),
                400,
                "DIGEST_INVALID");
        assertError(server.send("GET", "/v2/app/blobs/" + MISSING), 404, "BLOB_UNKNOWN");
        assertError(
                server.send("GET", "/v2/app/blobs/" + Digest.sha256(BLOB)), 404, "BLOB_UNKNOWN");
    }

    @Test
    void anUploadBelongsToItsRepository() {
        String id = server.begin("one").replace("/v2/one/", "");

        assertError(server.send("PATCH", "/v2/two/" + id, BLOB), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void aBlobIsMountedFromAnotherRepositoryOrUploaded() {
        Digest digest = server.push("base", BLOB);
        String path = "/v2/app/blobs/uploads/?mount=" + digest + "&from=";

        Answer unknown = server.send("POST", path + "nobody");
        Answer mounted = server.send("POST", path + "base");

        assertThat(unknown.status()).isEqualTo(202);
        assertThat(unknown.header("Location")).startsWith("/v2/app/blobs/uploads/");
        assertThat(mounted.status()).isEqualTo(201);
        assertStored("app", BLOB);
    }

    @Test
    void blobsBelongToTheRepositoriesThatGotThem() {
        server.push("secret", BLOB);

        assertError(
                server.send("GET", "/v2/public/blobs/" + Digest.sha256(BLOB)), 404, "BLOB_UNKNOWN");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=3-5, 206, 345, bytes 3-5/16",
        "bytes=10-, 206, abcdef, bytes 10-15/16",
        "bytes=-2, 206, ef, bytes 14-15/16",
        "bytes=0-99, 206, 0123456789abcdef, bytes 0-15/16",
        "bytes=16-, 416, , bytes */16",
        "'bytes=0-1,3-4', 200, 0123456789abcdef, ''",
        "bytes=5-3, 200, 0123456789abcdef, ''",
        "lines=1-2, 200, 0123456789abcdef, ''",
    })
    void sendsPartsOfABlob(String range, int status, String text, String contentRange) {
        Digest digest = server.push("app", BLOB);

        Answer answer = server.send("GET", "/v2/app/blobs/" + digest, "Range", range);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Range")).isEqualTo(contentRange);
        if (status == 416) {
            assertError(answer, 416, "RANGE_INVALID");
        } else {
            assertThat(answer.text()).isEqualTo(text);
        }
    }

    @Test
    void headTellsSizesWithoutBodies() {
        Digest blob = server.push("app", BLOB);
        String manifest = RegistryServer.manifest("", blob, blob);
        Digest digest = server.pushManifest("app", "v1", RegistryServer.IMAGE, manifest);

        Answer ofBlob = server.send("HEAD", "/v2/app/blobs/" + blob);
        Answer ofManifest = server.send("HEAD", "/v2/app/manifests/v1");

        assertThat(ofBlob.status()).isEqualTo(200);
        assertThat(ofBlob.header("Content-Length")).isEqualTo("16");
        assertThat(ofManifest.header("Content-Length")).isEqualTo("" + manifest.length());
        assertThat(ofManifest.header("Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(ofManifest.header("Content-Type")).isEqualTo(RegistryServer.IMAGE);
        assertThat(server.send("HEAD", "/v2/app/manifests/none").status()).isEqualTo(404);
        assertThat(server.send("HEAD", "/v2/app/blobs/" + MISSING).status()).isEqualTo(404);
    }

    @Test
    void manifestsComeBackByteForByteByTagAndDigest() {
        Digest blob = server.push("app", BLOB);
        String manifest = RegistryServer.manifest("", blob, blob) + "\n  ";
        Digest digest = server.pushManifest("app", "v1.0_X-y", RegistryServer.IMAGE, manifest);

        assertThat(server.send("GET", "/v2/app/manifests/v1.0_X-y").text()).isEqualTo(manifest);
        Answer byDigest = server.send("GET", "/v2/app/manifests/" + digest);
        assertThat(byDigest.text()).isEqualTo(manifest);
        String tag = byDigest.header("ETag");
        assertThat(server.send("GET", "/v2/app/manifests/" + digest, "If-None-Match", tag).status())
                .isEqualTo(304);
        String escaped = digest.toString().replace(":", "%3A");
        assertThat(server.send("GET", "/v2/app/manifests/" + escaped).text()).isEqualTo(manifest);
    }

    @Test
    void sha512IsADigestToo() throws Exception {
        String digest =
                Digest.of("sha512", MessageDigest.getInstance("SHA-512").digest(BLOB)).toString();

        Answer put = server.send("PUT", server.begin("app") + "?digest=" + digest, BLOB);

        assertThat(put.status()).isEqualTo(201);
        assertThat(server.send("GET", "/v2/app/blobs/" + digest).body()).isEqualTo(BLOB);
    }

    @Test
    void manifestsWithoutTheirBlobsAreRefused() {
        Digest blob = server.push("app", BLOB);
        String manifest = RegistryServer.manifest("", blob, Digest.parse(MISSING));
        byte[] bytes = RegistryServer.bytes(manifest);

        assertError(
                server.send(
                        "PUT", "/v2/app/manifests/v1", bytes, "Content-Type", RegistryServer.IMAGE),
                404,
                "MANIFEST_BLOB_UNKNOWN");
        assertError(server.send("GET", "/v2/app/manifests/v1"), 404, "MANIFEST_UNKNOWN");
        assertError(
                server.send(
                        "PUT",
                        "/v2/app/manifests/v1",
                        RegistryServer.bytes(RegistryServer.index(Digest.parse(MISSING))),
                        "Content-Type",
                        RegistryServer.INDEX),
                404,
                "MANIFEST_BLOB_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "[]",
                "{\"schemaVersion\":1}",
                "{\"schemaVersion\":2,\"config\":3}",
                "{\"schemaVersion\":2,\"layers\":[{\"digest\":\"sha256:zz\"}]}",
                "{\"schemaVersion\":2,\"mediaType\":\"application/other\"}"
            })
    void manifestsThatAreNoneAreRefused(String manifest) {
        Answer answer =
                server.send(
                        "PUT",
                        "/v2/app/manifests/v1",
                        RegistryServer.bytes(manifest),
                        "Content-Type",
                        RegistryServer.IMAGE);

        assertError(answer, 400, "MANIFEST_INVALID");
    }

    @Test
    void largeManifestsAndOtherDigestsAreRefused() {
        byte[] large = new byte[(4 << 20) + 1];

        assertError(
                server.send(
                        "PUT", "/v2/app/manifests/v1", large, "Content-Type", RegistryServer.IMAGE),
                413,
                "TOO_LARGE");
        assertError(
                server.send(
                        "PUT",
                        "/v2/app/manifests/" + MISSING,
                        RegistryServer.bytes("{\"schemaVersion\":2}"),
                        "Content-Type",
                        RegistryServer.IMAGE),
                400,
                "DIGEST_INVALID");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/UPPER/tags/list, 400, NAME_INVALID",
        "GET, /v2/a..b/tags/list, 400, NAME_INVALID",
        "GET, /v2/_a/tags/list, 400, NAME_INVALID",
        "GET, /v2/nobody/tags/list, 404, NAME_UNKNOWN",
        "GET, /v2/app/manifests/sha256:12, 400, DIGEST_INVALID",
        "GET, /v2/app/manifests/-x, 400, DIGEST_INVALID",
        "GET, /v2/app/blobs/sha256:12, 400, DIGEST_INVALID",
        "GET, /v2/app/referrers/x, 400, DIGEST_INVALID",
        "GET, /v2/app/nothing, 404, NAME_UNKNOWN",
        "GET, /v2/app/blobs/uploads/none, 404, BLOB_UPLOAD_UNKNOWN",
        "POST, /v2/app/manifests/x, 405, UNSUPPORTED",
        "PATCH, /v2/app/blobs/uploads/, 405, UNSUPPORTED",
        "POST, /v2/app/blobs/uploads/?digest=x, 400, DIGEST_INVALID",
    })
    void errorsHaveTheSpecificationsShape(String method, String path, int status, String code) {
        assertError(server.send(method, path), status, code);
    }

    @Test
    void repositoriesMayBeCalledLikePathsOfTheApi() {
        byte[] blob = RegistryServer.bytes("x");

        server.push("a/blobs/uploads/b", blob);
        server.push("a/manifests/tags", blob);

        assertStored("a/blobs/uploads/b", blob);
        assertStored("a/manifests/tags", blob);
    }

    @Test
    void oneBlobMayBePushedTwiceAtOnce() throws Exception {
        byte[] blob = new byte[2_000_000];
        new Random(Long.getLong("seed", 20261121)).nextBytes(blob);
        Callable<Digest> push = () -> server.push("app", blob);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Digest> pushed : threads.invokeAll(List.of(push, push, push, push))) {
                assertThat(pushed.get()).isEqualTo(Digest.sha256(blob));
            }
        }

        assertStored("app", blob);
        assertThat(data.resolve("registry/uploads")).isEmptyDirectory();
    }
}
