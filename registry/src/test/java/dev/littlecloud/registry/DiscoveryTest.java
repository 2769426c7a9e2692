package dev.littlecloud.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import dev.littlecloud.registry.RegistryServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** "Content Discovery" and "Content Management" of the specification's conformance list. */
class DiscoveryTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir private Path data;
    private RegistryServer server;
    private Digest blob;
    private String manifest;

    @BeforeEach
    void start() {
        server = RegistryServer.start(data, RegistryAccess.OPEN);
        blob = server.push("app", RegistryServer.bytes("{}"));
        manifest = RegistryServer.manifest("", blob, blob);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode json(Answer answer) {
        return MAPPER.readTree(answer.body());
    }

    @Test
    void tagsComeInOrderAndInPages() {
        for (String tag : new String[] {"b", "A", "a", "C", "latest", "v1", "v10", "v2"}) {
            server.pushManifest("app", tag, RegistryServer.IMAGE, manifest);
        }

        assertThat(server.send("GET", "/v2/app/tags/list").text())
                .isEqualTo(
                        "{\"name\":\"app\",\"tags\":[\"A\",\"a\",\"b\",\"C\",\"latest\",\"v1\",\"v10\",\"v2\"]}");
        Answer first = server.send("GET", "/v2/app/tags/list?n=3");
        assertThat(json(first).get("tags").toString()).isEqualTo("[\"A\",\"a\",\"b\"]");
        assertThat(first.header("Link")).isEqualTo("</v2/app/tags/list?n=3&last=b>; rel=\"next\"");
        Answer last = server.send("GET", "/v2/app/tags/list?n=5&last=b");
        assertThat(json(last).get("tags").size()).isEqualTo(5);
        assertThat(last.header("Link")).isEmpty();
        assertThat(json(server.send("GET", "/v2/app/tags/list?n=0")).get("tags").size()).isZero();
        assertThat(server.send("GET", "/v2/app/tags/list?n=x").status()).isEqualTo(400);
    }

    @Test
    void repositoriesAreListed() {
        server.pushManifest("app", "v1", RegistryServer.IMAGE, manifest);
        server.push("team/tool", RegistryServer.bytes("{}"));
        server.pushManifest("team/tool", "v1", RegistryServer.IMAGE, manifest);

        assertThat(server.send("GET", "/v2/_catalog").text())
                .isEqualTo("{\"repositories\":[\"app\",\"team/tool\"]}");
        assertThat(server.send("GET", "/v2/_catalog?n=1").header("Link"))
                .isEqualTo("</v2/_catalog?n=1&last=app>; rel=\"next\"");
    }

    @Test
    void referrersAreFoundByTheirSubject() {
        Digest subject = server.pushManifest("app", "v1", RegistryServer.IMAGE, manifest);
        String subjectField =
                "\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},"
                        .formatted(RegistryServer.IMAGE, subject, manifest.length());
        String signature =
                RegistryServer.manifest(
                        subjectField
                                + "\"artifactType\":\"application/x-signature\",\"annotations\":{\"by\":\"me\"},",
                        blob,
                        blob);
        String plain = RegistryServer.manifest(subjectField, blob, blob);

        Answer put =
                server.send(
                        "PUT",
                        "/v2/app/manifests/signature",
                        RegistryServer.bytes(signature),
                        "Content-Type",
                        RegistryServer.IMAGE);
        Digest plainDigest = server.pushManifest("app", "", RegistryServer.IMAGE, plain);

        assertThat(put.header("OCI-Subject")).isEqualTo(subject.toString());
        Answer all = server.send("GET", "/v2/app/referrers/" + subject);
        assertThat(all.header("Content-Type")).isEqualTo(RegistryServer.INDEX);
        assertThat(json(all).get("manifests").size()).isEqualTo(2);
        Answer filtered =
                server.send(
                        "GET",
                        "/v2/app/referrers/" + subject + "?artifactType=application%2Fx-signature");
        assertThat(filtered.header("OCI-Filters-Applied")).isEqualTo("artifactType");
        JsonNode only = json(filtered).get("manifests");
        assertThat(only.size()).isEqualTo(1);
        assertThat(only.get(0).at("/annotations/by").stringValue()).isEqualTo("me");
        assertThat(only.get(0).get("size").intValue()).isEqualTo(signature.length());
        assertThat(
                        json(server.send(
                                        "GET",
                                        "/v2/app/referrers/"
                                                + subject
                                                + "?artifactType=application/vnd.oci.image.config.v1%2Bjson"))
                                .at("/manifests/0/digest")
                                .stringValue())
                .isEqualTo(plainDigest.toString());

        server.send("DELETE", "/v2/app/manifests/" + plainDigest);

        assertThat(json(server.send("GET", "/v2/app/referrers/" + subject)).get("manifests").size())
                .isEqualTo(1);
        assertThat(
                        json(server.send("GET", "/v2/app/referrers/sha256:" + "0".repeat(64)))
                                .get("manifests")
                                .size())
                .isZero();
    }

    @Test
    void anIndexLeadsToItsManifests() {
        Digest child = server.pushManifest("app", "", RegistryServer.IMAGE, manifest);

        server.pushManifest("app", "multi", RegistryServer.INDEX, RegistryServer.index(child));

        assertThat(server.send("GET", "/v2/app/manifests/multi").header("Content-Type"))
                .isEqualTo(RegistryServer.INDEX);
        assertThat(server.send("GET", "/v2/app/manifests/" + child).status()).isEqualTo(200);
    }

    @Test
    void tagsManifestsAndBlobsAreDeleted() {
        Digest digest = server.pushManifest("app", "one", RegistryServer.IMAGE, manifest);
        server.pushManifest("app", "two", RegistryServer.IMAGE, manifest);

        assertThat(server.send("DELETE", "/v2/app/manifests/one").status()).isEqualTo(202);
        assertThat(server.send("GET", "/v2/app/manifests/one").status()).isEqualTo(404);
        assertThat(server.send("GET", "/v2/app/manifests/" + digest).status()).isEqualTo(200);

        assertThat(server.send("DELETE", "/v2/app/manifests/" + digest).status()).isEqualTo(202);
        assertThat(server.send("GET", "/v2/app/manifests/two").status()).isEqualTo(404);
        assertThat(server.send("GET", "/v2/app/manifests/" + digest).status()).isEqualTo(404);
        assertThat(server.send("DELETE", "/v2/app/manifests/" + digest).status()).isEqualTo(404);

        assertThat(server.send("DELETE", "/v2/app/blobs/" + blob).status()).isEqualTo(202);
        assertThat(server.send("GET", "/v2/app/blobs/" + blob).status()).isEqualTo(404);
        assertThat(server.send("DELETE", "/v2/app/blobs/" + blob).status()).isEqualTo(404);
        assertThat(server.send("GET", "/v2/app/tags/list").text()).contains("\"tags\":[]");
    }
}
