package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services that ask each other by name, with curl and netcat in their instances. */
class NeighboursTest {
    /** Runs curl with the arguments that the query says. */
    private static final String CURL =
            "curl -sS -m 60 $(httpd -d \"$QUERY_STRING\") 2>&1 || echo \"failed with $?\"\n";

    /** Runs netcat with the arguments that the query says, and sends it a line. */
    private static final String NETCAT =
            "echo ping | nc -w 60 $(httpd -d \"$QUERY_STRING\") 2>&1 || echo \"failed with $?\"\n";

    /** What became of the connection that was open when the template was made. */
    private static final String KEPT =
            "while ! test -s /tmp/ended; do sleep 0.05; done; cat /tmp/ended\n";

    @TempDir private Path directory;

    @BeforeEach
    void requireWhatItNeeds() {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        for (String program : List.of("/bin/busybox", "/usr/bin/curl", "/usr/bin/skopeo")) {
            assumeTrue(
                    Files.isExecutable(Path.of(program)),
                    "needs the program " + program + " (see packages.txt)");
        }
    }

    private Path image() throws IOException, InterruptedException {
        Path root = ServerImage.root(directory);
        ServerImage.addProgram(root, "/usr/bin/curl");
        ServerImage.addScript(root, "curl", CURL);
        ServerImage.addScript(root, "nc", NETCAT);
        ServerImage.addScript(root, "kept", KEPT);
        Files.writeString(root.resolve("www/index.html"), "hello\n");
        return ServerImage.pack(
                directory,
                List.of("/bin/busybox", "httpd", "-f", "-p", "8000", "-h", "/www"),
                8000);
    }

    private static void deploy(CloudProcess cloud, String token, String... words) {
        List<String> all = new ArrayList<>(List.of("deploy"));
        all.addAll(List.of(words));
        Outcome outcome =
                CommandLineTester.ask(
                        () -> CloudClient.of(cloud.api(), token), all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    /** What the service {@code app} answers, asked by the host's curl. */
    private static String app(CloudProcess cloud, String script, String arguments)
            throws IOException, InterruptedException {
        String url =
                "http://127.0.0.1:%d/cgi-bin/%s?%s"
                        .formatted(cloud.gatewayPort(), script, arguments.replace(" ", "%20"));
        Process curl =
                new ProcessBuilder("curl", "-sS", "-m", "90", "-H", "Host: app.localhost", url)
                        .redirectErrorStream(true)
                        .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(answer).isZero();
        return answer;
    }

    @Test
    void servicesReachThoseOfTheirOwnerByName() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path layout = image();
        String image = "oci:" + layout;
        try (CloudProcess cloud = CloudProcess.start(data)) {
            String mine = Files.readString(data.resolve("token")).strip();
            String theirs = CloudOwners.make(cloud.api(), mine, "stranger");
            String echo = "read line; echo got $line";
            deploy(
                    cloud,
                    mine,
                    "store",
                    image,
                    "--protocol=tcp",
                    "--port=7000",
                    "--",
                    "nc",
                    "-ll",
                    "-p",
                    "7000",
                    "-e",
                    "sh",
                    "-c",
                    echo);
            deploy(cloud, mine, "back", image);
            cloud.push(layout, "stranger/alien:v1", "stranger", theirs);
            deploy(cloud, theirs, "alien", cloud.registry() + "/stranger/alien:v1");
            // Its template has an open connection to another service.
            String connects =
                    "mkfifo /tmp/quiet; sleep 1000 > /tmp/quiet &"
                            + " (nc store.internal 7000 < /tmp/quiet; echo broken > /tmp/ended) &"
                            + " exec httpd -f -p 8000 -h /www";
            deploy(cloud, mine, "app", image, "--", "sh", "-c", connects);

            // Port 80 is the service's port; so is that port itself.
            assertThat(app(cloud, "curl", "http://back.internal/")).isEqualTo("hello\n");
            assertThat(app(cloud, "curl", "http://back.internal:8000/")).isEqualTo("hello\n");
            assertThat(app(cloud, "nc", "store.internal 7000")).isEqualTo("got ping\n");
            assertThat(app(cloud, "nc", "store.internal 80")).isEqualTo("got ping\n");
            // A chain that comes back to where it began.
            String chain = "http://back.internal/cgi-bin/curl?http://app.internal/index.html";
            assertThat(app(cloud, "curl", chain)).isEqualTo("hello\n");
            // A clone's connection is not its template's.
            assertThat(app(cloud, "kept", "")).isEqualTo("broken\n");

            assertThat(app(cloud, "curl", "http://back.internal:8001/")).contains("failed with 7");
            for (String unknown : List.of("alien.internal", "nobody.internal", "internal")) {
                assertThat(app(cloud, "curl", "http://" + unknown + "/"))
                        .contains("Could not resolve host: " + unknown);
            }
            // Neither the host's loopback nor the gateway's address lead to anything.
            for (String closed : List.of("127.0.0.1", "172.20.0.1", "172.20.255.254")) {
                String api = "http://" + closed + ":" + cloud.api().replaceFirst(".*:", "") + "/";
                assertThat(app(cloud, "curl", api)).contains("failed with 7");
            }

            assertThat(
                            CommandLineTester.ask(
                                            () -> CloudClient.of(cloud.api(), mine), "rm", "back")
                                    .code())
                    .isZero();
            assertThat(app(cloud, "curl", "http://back.internal/"))
                    .contains("Could not resolve host");
        }
    }
}
