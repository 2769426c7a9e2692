package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.ApiClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {
    @TempDir private Path data;
    private TestCloud cloud;

    @BeforeEach
    void start() {
        cloud = TestCloud.start(data);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private static void assertRefused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    private ApiClient owner(String name, String quotas) {
        Answer made = cloud.api.put("/v1/owners/" + name, "{\"quotas\":" + quotas + "}");
        assertThat(made.status()).isEqualTo(201);
        return cloud.client(made.json().get("token").stringValue());
    }

    @Test
    void aServiceIsDeployedShownAndRemoved() {
        Answer made = cloud.api.put("/v1/services/hello", "{\"image\":\"app\"}");
        assertThat(made.status()).isEqualTo(201);
        cloud.awaitState("hello", "ready");

        Answer shown = cloud.api.get("/v1/services/hello");
        assertThat(shown.json().get("url").stringValue()).isEqualTo("http://hello.localhost:8080");
        assertThat(shown.json().get("servingRevision").intValue()).isEqualTo(1);
        assertThat(shown.json().at("/latestRevision/imageId").stringValue()).startsWith("sha256:");
        assertThat(cloud.api.get("/v1/services").json().get("services").size()).isEqualTo(1);
        assertThat(cloud.api.get("/v1/services/hello/revisions").json().get("revisions").size())
                .isEqualTo(1);
        assertThat(cloud.api.get("/v1/services/hello/revisions/1").status()).isEqualTo(200);
        assertThat(cloud.api.get("/v1/instances").json().get("instances").size()).isEqualTo(1);
        assertThat(cloud.api.get("/v1/events?service=hello").text())
                .contains("service-created", "revision-ready");

        assertThat(cloud.api.send("DELETE", "/v1/services/hello", "").status()).isEqualTo(204);

        assertRefused(cloud.api.get("/v1/services/hello"), 404, "not-found");
        TestCloud.await(() -> cloud.workloads.serving("hello").isEmpty());
        assertThat(cloud.workloads.all()).allMatch(workload -> workload.isRetired);
        assertThat(cloud.api.get("/v1/events?service=hello").text()).contains("service-removed");
    }

    @Test
    void theDocumentAndHealthNeedNoToken() {
        ApiClient nobody = cloud.client("");

        assertThat(nobody.get("/v1/openapi.yaml").text()).startsWith("openapi: 3.1.0");
        assertThat(nobody.get("/v1/health").status()).isEqualTo(200);
        assertRefused(nobody.get("/v1/services"), 401, "unauthorized");
        assertRefused(cloud.client("lc_wrong").get("/v1/services"), 401, "unauthorized");
        assertRefused(cloud.client("").get("/metrics"), 401, "unauthorized");
    }

    @Test
    void theFirstTokenIsForItsOwnerOnly() throws Exception {
        for (String file : new String[] {ControlPlane.TOKEN_FILE, "secrets.key", "control.db"}) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(data.resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /v1/services/nothing | | 404 | not-found",
                "GET | /v1/nothing | | 404 | not-found",
                "POST | /v1/services | {} | 405 | method-not-allowed",
                "GET | /v1/services/Bad_Name | | 400 | bad-request",
                "PUT | /v1/services/x | no json | 400 | bad-request",
                "PUT | /v1/services/x | [] | 400 | bad-request",
                "PUT | /v1/services/x | {} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"ports\":80} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"port\":0} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"port\":\"80\"} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"UPPER:\"} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"scaling\":{\"min\":5,\"max\":2}} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"scaling\":{\"isolation\":\"none\"}} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"scaling\":{\"stopTimeoutMillis\":-1}} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"scaling\":{\"scaleToZero\":\"stateful\",\"max\":2}} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"env\":{\"a=b\":\"c\"}} | 400 | bad-request",
                "PUT | /v1/services/x | {\"image\":\"app\",\"publishedPort\":6379} | 400 | bad-request",
                "GET | /v1/events?limit=0 | | 400 | bad-request",
                "GET | /v1/usage?from=yesterday | | 400 | bad-request",
                "DELETE | /v1/secrets/nothing | | 404 | not-found",
                "DELETE | /v1/images/nothing | | 404 | not-found",
            })
    void whatIsWrongIsNamed(String method, String path, String body, int status, String code) {
        assertRefused(cloud.api.send(method, path, body == null ? "" : body), status, code);
    }

    @Test
    void messagesNameTheFieldAndTheWayOut() {
        Answer answer =
                cloud.api.put("/v1/services/x", "{\"image\":\"app\",\"scaling\":{\"maximum\":3}}");

        assertThat(answer.json().get("message").stringValue())
                .isEqualTo("'scaling.maximum' is not known here");
    }

    @Test
    void ifMatchKeepsChangesFromBeingLost() {
        Answer first = cloud.deploy("hello", "", "ready");
        String body = "{\"image\":\"app\",\"env\":{\"A\":\"1\"}}";

        assertThat(cloud.api.put("/v1/services/hello", body, "If-Match", first.etag()).status())
                .isEqualTo(200);
        assertRefused(
                cloud.api.put("/v1/services/hello", body, "If-Match", first.etag()),
                412,
                "version-conflict");
        assertRefused(
                cloud.api.put("/v1/services/hello", body, "If-None-Match", "*"),
                412,
                "version-conflict");
        assertRefused(
                cloud.api.put("/v1/services/other", body, "If-Match", "\"1\""),
                412,
                "version-conflict");
        assertRefused(
                cloud.api.send("DELETE", "/v1/services/hello", "", "If-Match", first.etag()),
                412,
                "version-conflict");
        cloud.awaitState("hello", "ready");
        String etag = cloud.api.get("/v1/services/hello").etag();
        assertThat(cloud.api.get("/v1/services/hello", "If-None-Match", etag).status())
                .isEqualTo(304);
    }

    @Test
    void anIdempotencyKeyMakesItHappenOnce() {
        String body = "{\"image\":\"app\"}";

        Answer first = cloud.api.put("/v1/services/hello", body, "Idempotency-Key", "k1");
        Answer again = cloud.api.put("/v1/services/hello", body, "Idempotency-Key", "k1");

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(cloud.api.get("/v1/services/hello/revisions").json().get("revisions").size())
                .isEqualTo(1);
        assertRefused(
                cloud.api.put("/v1/services/other", body, "Idempotency-Key", "k1"),
                422,
                "idempotency-key-reused");
    }

    @Test
    void scalingChangesWithoutARevisionAndTheRestWithOne() {
        cloud.deploy("hello", "", "ready");

        Answer scaled =
                cloud.api.send(
                        "PATCH",
                        "/v1/services/hello",
                        "{\"scaling\":{\"min\":2,\"max\":4,\"stopTimeoutMillis\":0}}");
        assertThat(scaled.json().at("/spec/scaling/stopTimeoutMillis").intValue()).isZero();
        assertThat(scaled.json().at("/latestRevision/number").intValue()).isEqualTo(1);
        TestCloud.await(() -> cloud.workloads.serving("hello").orElseThrow().scaling.min() == 2);

        cloud.api.send("PATCH", "/v1/services/hello", "{\"env\":{\"A\":\"1\"}}");
        cloud.awaitState("hello", "ready");
        TestCloud.await(() -> cloud.workloads.serving("hello").orElseThrow().order.revision() == 2);
        assertThat(cloud.workloads.serving("hello").orElseThrow().order.environment())
                .containsEntry("A", "1");
        assertThat(cloud.workloads.serving("hello").orElseThrow().scaling.max()).isEqualTo(4);
        assertThat(cloud.workloads.serving("hello").orElseThrow().scaling.stopMillis()).isZero();
    }

    @Test
    void ownersSeeWhatIsTheirs() {
        ApiClient alice = owner("alice", "{}");
        ApiClient bob = owner("bob", "{}");
        assertThat(alice.put("/v1/services/hers", "{\"image\":\"app\"}").status()).isEqualTo(201);

        assertRefused(bob.get("/v1/services/hers"), 404, "not-found");
        assertRefused(bob.put("/v1/services/hers", "{\"image\":\"app\"}"), 409, "conflict");
        assertRefused(bob.send("DELETE", "/v1/services/hers", ""), 404, "not-found");
        assertThat(bob.get("/v1/services").json().get("services").size()).isZero();
        assertThat(bob.get("/v1/events").json().get("events").size()).isZero();
        assertThat(cloud.api.get("/v1/services/hers").json().get("owner").stringValue())
                .isEqualTo("alice");
        assertRefused(bob.get("/v1/owners"), 403, "forbidden");
        assertRefused(bob.put("/v1/owners/eve", "{}"), 403, "forbidden");
        assertRefused(bob.get("/metrics"), 403, "forbidden");
        assertRefused(
                bob.put("/v1/services/x", "{\"image\":\"docker-archive:/etc/shadow\"}"),
                403,
                "forbidden");
        assertRefused(
                bob.put("/v1/services/x", "{\"image\":\"localhost:5000/alice/app\"}"),
                403,
                "forbidden");
        assertThat(cloud.api.get("/v1/owners").text()).doesNotContain("token");
    }

    @Test
    void quotasHold() {
        ApiClient alice =
                owner("alice", "{\"services\":2,\"instances\":12,\"memoryBytes\":8589934592}");
        assertThat(alice.put("/v1/services/one", "{\"image\":\"app\"}").status()).isEqualTo(201);

        Answer tooMany = alice.put("/v1/services/two", "{\"image\":\"app\"}");
        assertRefused(tooMany, 403, "quota-exceeded");
        assertThat(tooMany.json().at("/details/quota").stringValue()).isEqualTo("instances");
        String small = "{\"image\":\"app\",\"scaling\":{\"max\":1}}";
        assertThat(alice.put("/v1/services/two", small).status()).isEqualTo(201);
        assertRefused(alice.put("/v1/services/three", small), 403, "quota-exceeded");
        assertRefused(
                alice.put(
                        "/v1/services/two",
                        "{\"image\":\"app\",\"memoryBytes\":34359738368,\"scaling\":{\"max\":1}}"),
                403,
                "quota-exceeded");
        assertThat(alice.get("/v1/quotas").json().at("/used/instances").intValue()).isEqualTo(11);
    }

    @Test
    void secretsReachTheServiceAndNobodyElse() throws Exception {
        String value = "correct-horse-battery-staple";
        assertThat(
                        cloud.api
                                .put(
                                        "/v1/secrets/password",
                                        "{\"value\":\"" + value + "\"}",
                                        "Idempotency-Key",
                                        "s")
                                .status())
                .isEqualTo(204);

        cloud.deploy("hello", ",\"secrets\":{\"PASSWORD\":\"password\"}", "ready");

        assertThat(cloud.workloads.serving("hello").orElseThrow().order.environment())
                .containsEntry("PASSWORD", value);
        assertThat(cloud.api.get("/v1/services/hello").text()).doesNotContain(value);
        assertThat(cloud.api.get("/v1/secrets").text()).isEqualTo("{\"secrets\":[\"password\"]}");
        assertRefused(cloud.api.send("DELETE", "/v1/secrets/password", ""), 409, "in-use");
        for (String file : new String[] {"control.db", "control.db-wal"}) {
            String bytes =
                    new String(Files.readAllBytes(data.resolve(file)), StandardCharsets.ISO_8859_1);
            assertThat(bytes.contains(value)).as(file).isFalse();
            assertThat(bytes.contains(cloud.token)).as(file).isFalse();
        }
        cloud.api.send("DELETE", "/v1/services/hello", "");
        assertThat(cloud.api.send("DELETE", "/v1/secrets/password", "").status()).isEqualTo(204);
    }

    @Test
    void imagesInUseStay() {
        cloud.deploy("hello", "", "ready");

        assertThat(cloud.api.get("/v1/images").text()).contains("app:latest");
        assertRefused(cloud.api.send("DELETE", "/v1/images/app:latest", ""), 409, "in-use");
        cloud.api.send("DELETE", "/v1/services/hello", "");
        assertThat(cloud.api.send("DELETE", "/v1/images/app:latest", "").status()).isEqualTo(204);
    }

    @Test
    void portsOfTheMachineBelongToOneService() {
        String tcp = ",\"protocol\":\"tcp\",\"publishedPort\":6379";
        cloud.deploy("redis", tcp, "ready");

        assertRefused(
                cloud.api.put("/v1/services/other", "{\"image\":\"app\"" + tcp + "}"),
                409,
                "conflict");
    }

    @Test
    void whatWasMissedBeforeIsSeenAtOnceWhenItIsThere() {
        for (int i = 0; i < 8; i++) {
            assertThat(cloud.api.get("/v1/services/soon").status()).isEqualTo(404);
        }
        cloud.api.put("/v1/services/soon", "{\"image\":\"app\"}");
        for (int i = 0; i < 8; i++) {
            assertThat(cloud.api.get("/v1/services/soon").status()).isEqualTo(200);
        }
    }

    @Test
    void tokensAreMadeShownOnceAndTakenAway() {
        var unused = owner("team", "{}");
        Answer made = cloud.api.send("POST", "/v1/tokens", "{\"owner\":\"team\"}");
        assertThat(made.status()).isEqualTo(201);
        ApiClient team = cloud.client(made.json().get("token").stringValue());
        assertThat(team.get("/v1/tokens").json().get("tokens").size()).isEqualTo(2);
        assertThat(team.get("/v1/tokens").text()).doesNotContain("lc_", cloud.token);
        assertThat(cloud.api.get("/v1/tokens").json().get("tokens").size()).isEqualTo(3);

        assertThat(team.send("POST", "/v1/tokens", "{\"owner\":\"admin\"}").status())
                .isEqualTo(403);
        assertThat(team.send("POST", "/v1/tokens", "{\"admin\":true}").status()).isEqualTo(403);
        String id = made.json().get("id").stringValue();
        assertThat(team.send("DELETE", "/v1/tokens/" + id, "").status()).isEqualTo(204);
        assertThat(team.get("/v1/tokens").status()).isEqualTo(401);
        assertThat(cloud.api.send("DELETE", "/v1/tokens/" + id, "").status()).isEqualTo(404);
    }

    @Test
    void theLastTokenOfAnAdministratorStays() {
        String id = cloud.api.get("/v1/tokens").json().at("/tokens/0/id").stringValue();
        assertThat(cloud.api.send("DELETE", "/v1/tokens/" + id, "").status()).isEqualTo(409);
        Answer other = cloud.api.send("POST", "/v1/tokens", "{\"admin\":true}");
        assertThat(cloud.api.send("DELETE", "/v1/tokens/" + id, "").status()).isEqualTo(204);
        ApiClient next = cloud.client(other.json().get("token").stringValue());
        assertThat(next.get("/v1/owners").status()).isEqualTo(200);
    }
}
