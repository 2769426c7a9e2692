package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The moment of a program from which all its instances start. */
class ReadinessTest {
    /** Serves a page that it replaces a while later. */
    private static final String WARMS_UP =
            "busybox httpd -p 80 -h /www; sleep 0.5; echo warm >/www/index.html; ";

    private static final List<String> COMMAND =
            List.of("/bin/sh", "-c", WARMS_UP + "exec sleep 1000");

    @TempDir private Path directory;
    private InnerCloud cloud;

    @BeforeEach
    void start() throws Exception {
        InnerCloud.requireWhatItNeeds();
        Path data = Files.createDirectory(directory.resolve("data"));
        cloud = InnerCloud.start(data, InnerCloud.freePort());
        Path root = ServerImage.root(directory);
        Files.writeString(root.resolve("www/index.html"), "cold\n");
    }

    @AfterEach
    void stop() {
        if (cloud != null) {
            cloud.close();
        }
    }

    private String page() throws Exception {
        String answer = cloud.ask("hello.localhost", "/");
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void byItselfAProgramIsReadyWhenItListens() throws Exception {
        Path layout = ServerImage.pack(directory, COMMAND, 80);
        assertThat(cloud.deploy("hello", "oci:" + layout).code()).isZero();
        assertThat(page()).isEqualTo("cold\n");
    }

    @Test
    void aProgramMayTellWhenItIsReady() throws Exception {
        Path layout = ServerImage.pack(directory, COMMAND, 80);
        String tells = WARMS_UP + ": >/dev/shm/.littlecloud-ready; exec sleep 1000";
        Outcome deployed =
                cloud.deploy(
                        "hello", "oci:" + layout, "--ready-when", "told", "--", "sh", "-c", tells);
        assertThat(deployed.code()).as(deployed.err()).isZero();
        assertThat(page()).isEqualTo("warm\n");
    }

    @Test
    void aProgramThatDoesNotTellIsNotReady() throws Exception {
        Path layout = ServerImage.pack(directory, COMMAND, 80);
        Outcome silent =
                cloud.deploy(
                        "hello", "oci:" + layout, "--ready-when", "told", "--ready-timeout", "2s");
        assertThat(silent.code()).isEqualTo(ExitCodes.FAILURE);
        assertThat(silent.err()).contains("did not say that it is ready");
    }

    @Test
    void theImagesHealthcheckDecidesUnlessListeningIsEnough() throws Exception {
        Path layout =
                ServerImage.packWithCheck(
                        directory, COMMAND, 80, "busybox grep -q warm /www/index.html");
        Outcome healthy = cloud.deploy("hello", "oci:" + layout);
        assertThat(healthy.code()).as(healthy.err()).isZero();
        assertThat(page()).isEqualTo("warm\n");

        Outcome listening = cloud.deploy("hello", "oci:" + layout, "--ready-when", "listening");
        assertThat(listening.code()).as(listening.err()).isZero();
        assertThat(page()).isEqualTo("cold\n");
    }

    @Test
    void anImageWithoutHealthcheckIsNeverHealthy() throws Exception {
        Path layout = ServerImage.pack(directory, COMMAND, 80);
        Outcome refused = cloud.deploy("hello", "oci:" + layout, "--ready-when", "healthy");
        assertThat(refused.code()).isEqualTo(ExitCodes.FAILURE);
        assertThat(refused.err()).contains("the image has no HEALTHCHECK");
    }
}
