package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane that is killed in the middle of deployments. */
class KillTest {
    private static final int ROUNDS = 2;

    @TempDir private Path data;

    /** Serves a data directory, prints the port, and waits to be killed. */
    public static void main(String[] arguments) throws InterruptedException {
        TestCloud cloud = TestCloud.start(Path.of(arguments[0]));
        System.out.println(cloud.port());
        Thread.currentThread().join();
    }

    private Process startProcess() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillTest.class.getName(),
                        data.toString())
                .redirectError(data.resolve("process.log").toFile())
                .start();
    }

    /** Deploys services and tells instances' output until the control plane is gone. */
    private static void deployAll(
            ApiClient api, int round, List<String> acknowledged, CountDownLatch enough) {
        try {
            for (int i = 0; ; i++) {
                String name = "s" + round + "-" + i % 5;
                var answer = api.put("/v1/services/" + name, "{\"image\":\"app\"}");
                assertThat(answer.status()).as(answer.text()).isIn(200, 201);
                int number = answer.json().at("/latestRevision/number").intValue();
                acknowledged.add(name + " " + number);
                enough.countDown();
            }
        } catch (UncheckedIOException killed) {
            // The control plane is gone, as was wanted.
            return;
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAndServesAgain() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Process process = startProcess();
            String line = process.inputReader().readLine();
            assertThat(line).as(Files.readString(data.resolve("process.log"))).isNotNull();
            String token = Files.readString(data.resolve(ControlPlane.TOKEN_FILE)).strip();
            ApiClient api = new ApiClient(Integer.parseInt(line), token);
            CountDownLatch enough = new CountDownLatch(20 + round);
            int number = round;
            Thread deployer =
                    Thread.ofVirtual().start(() -> deployAll(api, number, acknowledged, enough));
            assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
            process.destroyForcibly().onExit().join();
            deployer.join();
        }

        try (TestCloud cloud = TestCloud.start(data)) {
            for (String service : acknowledged) {
                String name = service.split(" ")[0];
                String number = service.split(" ")[1];
                assertThat(cloud.api.get("/v1/services/" + name + "/revisions/" + number).status())
                        .isEqualTo(200);
                cloud.awaitState(name, "ready");
                TestCloud.await(() -> cloud.workloads.serving(name).isPresent());
            }
        }
    }
}
