package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.FakeWorkloads.FakeWorkload;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revisions that come, go wrong, overtake each other, and come back. */
class RolloutTest {
    @TempDir private Path data;
    private TestCloud cloud;

    @BeforeEach
    void start() {
        cloud = TestCloud.start(data);
    }

    @AfterEach
    void stop() {
        cloud.workloads.release();
        cloud.close();
    }

    private static String command(String word) {
        return ",\"command\":[\"" + word + "\"]";
    }

    private FakeWorkload serving(String name) {
        return cloud.workloads.serving(name).orElseThrow();
    }

    private void restart() {
        cloud.workloads.release();
        cloud.close();
        cloud = TestCloud.start(data);
    }

    @Test
    void aNewRevisionTakesOverFromTheOldOne() {
        cloud.deploy("hello", "", "ready");
        FakeWorkload first = serving("hello");

        cloud.deploy("hello", ",\"env\":{\"A\":\"1\"}", "ready");

        TestCloud.await(() -> serving("hello").order.revision() == 2);
        TestCloud.await(() -> first.isRetired);
    }

    @Test
    void aFailedDeploymentLeavesTheOldRevisionServing() {
        cloud.deploy("hello", "", "ready");

        var failed = cloud.deploy("hello", command(FakeWorkloads.BROKEN), "failed");

        assertThat(failed.json().get("reason").stringValue()).contains("last lines: no such file");
        assertThat(failed.json().get("servingRevision").intValue()).isEqualTo(1);
        assertThat(serving("hello").order.revision()).isEqualTo(1);
        assertThat(serving("hello").isRetired).isFalse();
        assertThat(cloud.api.get("/v1/events").text()).contains("revision-failed");
    }

    @Test
    void anImageThatIsNotThereFailsWithAReason() {
        var answer =
                cloud.api.put("/v1/services/hello", "{\"image\":\"docker-archive:/nowhere.tar\"}");
        assertThat(answer.status()).isEqualTo(201);

        cloud.awaitState("hello", "failed");

        assertThat(cloud.api.get("/v1/services/hello").text())
                .contains("there is no file /nowhere.tar");
    }

    @Test
    void aSecretThatIsNotThereFailsWithAReason() {
        cloud.deploy("hello", ",\"secrets\":{\"P\":\"nothing\"}", "failed");

        assertThat(cloud.api.get("/v1/services/hello").text())
                .contains("the secret 'nothing' for the variable P is not there");
    }

    @Test
    void theNewestOfSeveralDeploymentsWins() {
        cloud.api.put(
                "/v1/services/hello", "{\"image\":\"app\"" + command(FakeWorkloads.SLOW) + "}");
        TestCloud.await(
                () ->
                        cloud.api
                                .get("/v1/services/hello/revisions/1")
                                .json()
                                .get("state")
                                .stringValue()
                                .equals("starting"));

        cloud.deploy("hello", "", "ready");

        assertThat(serving("hello").order.revision()).isEqualTo(2);
        assertThat(
                        cloud.api
                                .get("/v1/services/hello/revisions/1")
                                .json()
                                .get("state")
                                .stringValue())
                .isEqualTo("superseded");
    }

    @Test
    void twoDeploymentsAtOnceAreTwoRevisionsAndOneServes() throws Exception {
        Callable<Integer> deploy =
                () -> cloud.api.put("/v1/services/hello", "{\"image\":\"app\"}").status();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(List.of(deploy, deploy, deploy, deploy))) {
                assertThat(done.get()).isIn(200, 201);
            }
        }

        TestCloud.await(
                () ->
                        cloud.workloads
                                .serving("hello")
                                .filter(serving -> serving.order.revision() == 4)
                                .isPresent());
        TestCloud.await(
                () -> cloud.workloads.all().stream().filter(work -> !work.isRetired).count() == 1);
    }

    @Test
    void everyServiceAnswersAgainAfterARestart() {
        cloud.deploy("hello", "", "ready");
        cloud.deploy("broken", "", "ready");
        cloud.deploy("broken", command(FakeWorkloads.BROKEN), "failed");

        restart();

        assertThat(cloud.workloads.expected).containsExactlyInAnyOrder("hello", "broken");
        assertThat(cloud.workloads.kept)
                .containsExactlyInAnyOrder("hello 1", "broken 1", "broken 2");
        TestCloud.await(() -> cloud.workloads.serving("hello").isPresent());
        TestCloud.await(() -> cloud.workloads.serving("broken").isPresent());
        assertThat(serving("broken").order.revision()).isEqualTo(1);
        assertThat(cloud.api.get("/v1/services/broken").json().get("state").stringValue())
                .isEqualTo("failed");
    }

    @Test
    void aDeploymentThatWasCutOffGoesOn() {
        cloud.api.put(
                "/v1/services/hello", "{\"image\":\"app\"" + command(FakeWorkloads.SLOW) + "}");
        TestCloud.await(() -> cloud.api.get("/v1/services/hello").text().contains("\"starting\""));
        cloud.close();

        cloud = TestCloud.start(data);
        cloud.workloads.release();

        cloud.awaitState("hello", "ready");
        assertThat(serving("hello").order.revision()).isEqualTo(1);
    }

    @Test
    void aServiceThatIsRemovedWhileItStartsLeavesNothing() {
        cloud.api.put(
                "/v1/services/hello", "{\"image\":\"app\"" + command(FakeWorkloads.SLOW) + "}");
        TestCloud.await(() -> cloud.api.get("/v1/services/hello").text().contains("\"starting\""));

        cloud.api.send("DELETE", "/v1/services/hello", "");
        cloud.deploy("hello", "", "ready");

        assertThat(serving("hello").order.spec().command()).isEmpty();
        TestCloud.await(
                () -> cloud.workloads.all().stream().filter(work -> !work.isRetired).count() == 1);
    }

    @Test
    void crashLoopsAreShown() {
        cloud.deploy("hello", "", "ready");

        serving("hello").listener.crashLoop("it ended 5 times within a minute, last with 139");

        var crashing = cloud.api.get("/v1/services/hello").json();
        assertThat(crashing.get("state").stringValue()).isEqualTo("crash-loop");
        assertThat(crashing.get("reason").stringValue()).contains("last with 139");
        TestCloud.await(() -> cloud.api.get("/v1/events").text().contains("\"crash-loop\""));

        serving("hello").listener.recovered();

        cloud.awaitState("hello", "ready");
    }

    @Test
    void garbageCollectionIsToldWhatServes() {
        cloud.deploy("hello", "", "ready");

        // An image from an archive has no manifest, and its id stands in the registry for nothing.
        assertThat(cloud.plane.manifestsInUse())
                .extracting(Object::toString)
                .containsExactly(
                        cloud.api
                                .get("/v1/services/hello")
                                .json()
                                .at("/latestRevision/imageId")
                                .stringValue());
    }

    @Test
    void aRollbackIsANewRevisionOfWhatAnOldOneWas() {
        cloud.deploy("hello", ",\"env\":{\"A\":\"1\"}", "ready");
        var nothing = cloud.api.send("POST", "/v1/services/hello/rollback", "{}");
        assertThat(nothing.status()).isEqualTo(409);
        assertThat(nothing.text()).contains("no revision before the one that serves");
        cloud.deploy("hello", ",\"env\":{\"A\":\"2\"},\"scaling\":{\"max\":3}", "ready");
        cloud.deploy("hello", command(FakeWorkloads.BROKEN), "failed");

        var back = cloud.api.send("POST", "/v1/services/hello/rollback", "{}");

        assertThat(back.status()).as(back.text()).isEqualTo(200);
        TestCloud.await(() -> serving("hello").order.revision() == 4);
        assertThat(serving("hello").order.spec().env()).containsEntry("A", "1");
        assertThat(cloud.api.send("POST", "/v1/services/hello/rollback", "{\"revision\":3}").text())
                .contains("revision 3 was never ready");
        cloud.api.send("POST", "/v1/services/hello/rollback", "{\"revision\":2}");
        TestCloud.await(() -> serving("hello").order.revision() == 5);
        assertThat(serving("hello").order.spec().env()).containsEntry("A", "2");
        var revisions = cloud.api.get("/v1/services/hello/revisions").json().get("revisions");
        assertThat(revisions.at("/0/imageId")).isEqualTo(revisions.at("/3/imageId"));
    }
}
