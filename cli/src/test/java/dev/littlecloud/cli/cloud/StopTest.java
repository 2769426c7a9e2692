package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image's STOPSIGNAL in a cloud. */
class StopTest {
    private static final String SERVES =
            "trap 'echo in order; exit 0' QUIT; busybox httpd -p 80 -h /www; "
                    + "while :; do sleep 1000 & wait; done";

    @TempDir private Path directory;

    @Test
    void anIdleInstanceIsAskedByItsImagesSignalAndItsLastWordsAreKept() throws Exception {
        InnerCloud.requireWhatItNeeds();
        Path data = Files.createDirectory(directory.resolve("data"));
        Path root = ServerImage.root(directory);
        Files.writeString(root.resolve("www/index.html"), "hello\n");
        Path layout =
                ServerImage.packWithStopSignal(
                        directory, List.of("/bin/sh", "-c", SERVES), 80, "SIGQUIT");
        try (InnerCloud cloud = InnerCloud.start(data, InnerCloud.freePort())) {
            Outcome deployed = cloud.deploy("hello", "oci:" + layout, "--idle", "10ms");
            assertThat(deployed.code()).as(deployed.err()).isZero();
            assertThat(cloud.ask("hello.localhost", "/")).endsWith("hello\n");
            InnerCloud.await(() -> cloud.run("logs", "hello").out().contains("in order"));
            InnerCloud.await(() -> cloud.run("show", "hello").out().contains("no request for"));
            assertThat(cloud.run("show", "hello").out()).doesNotContain("killed");

            Outcome scaled = cloud.run("scale", "hello", "--stop-timeout", "0");
            assertThat(scaled.code()).as(scaled.err()).isZero();
            assertThat(cloud.ask("hello.localhost", "/")).endsWith("hello\n");
            InnerCloud.await(() -> count("no request for", cloud.run("show", "hello").out()) == 2);
            assertThat(count("in order", cloud.run("logs", "hello").out())).isOne();
        }
    }

    private static int count(String words, String text) {
        return text.split(words, -1).length - 1;
    }
}
