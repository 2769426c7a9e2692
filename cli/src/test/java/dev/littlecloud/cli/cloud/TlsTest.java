package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud with TLS, asked by curl and openssl. */
class TlsTest {
    @TempDir private Path directory;

    private static Outcome run(CloudProcess cloud, Path data, String... words) throws IOException {
        String token = Files.readString(data.resolve("token")).strip();
        return CommandLineTester.ask(() -> CloudClient.of(cloud.api(), token), words);
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int unused = process.waitFor();
        return output;
    }

    private static String curl(String host, int port, String authority, String... more)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-sS",
                                "-m",
                                "60",
                                "--cacert",
                                authority,
                                "--resolve",
                                host + ":" + port + ":127.0.0.1"));
        command.addAll(List.of(more));
        return output(command.toArray(String[]::new));
    }

    /** A certificate of its own for a domain of one's own. */
    private Path certificates(String domain) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(directory.resolve("certificates"));
        ServerImage.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=" + domain,
                "-addext",
                "subjectAltName=DNS:" + domain,
                "-keyout",
                folder.resolve(domain + ".key").toString(),
                "-out",
                folder.resolve(domain + ".crt").toString());
        return folder;
    }

    @Test
    void servicesAnswerWithTlsUnderNamesOfTheCloudAndTheirOwn() throws Exception {
        String problem = KvmAccess.problem().orElse("");
        assumeTrue(problem.isEmpty(), problem);
        for (String program : List.of("/bin/busybox", "/usr/bin/curl", "/usr/bin/openssl")) {
            assumeTrue(
                    Files.isExecutable(Path.of(program)),
                    "needs the program " + program + " (see packages.txt)");
        }
        Path data = Files.createDirectory(directory.resolve("data"));
        String image = "oci:" + ServerImage.write(directory);
        Path folder = certificates("shop.example.org");
        try (CloudProcess cloud =
                CloudProcess.start(
                        data,
                        "--https=0",
                        "--tls-dev",
                        "--certificates=" + folder,
                        "--redirect-https")) {
            Outcome reserved =
                    run(cloud, data, "deploy", "hello", image, "--domain=other.localhost");
            assertThat(reserved.code()).isEqualTo(ExitCodes.FAILURE);
            assertThat(reserved.err()).contains("'other.localhost' is among the names");
            Outcome hello = run(cloud, data, "deploy", "hello", image, "--domain=Shop.example.org");
            assertThat(hello.code()).as(hello.err()).isZero();
            Outcome taken = run(cloud, data, "deploy", "b", image, "--domain=shop.example.org");
            assertThat(taken.err()).contains("the domain shop.example.org is another service's");
            Outcome bytes =
                    run(
                            cloud,
                            data,
                            "deploy",
                            "echo",
                            image,
                            "--protocol=tcp",
                            "--port=7",
                            "--",
                            "nc",
                            "-ll",
                            "-p",
                            "7",
                            "-e",
                            "sh",
                            "-c",
                            "read line; echo got $line");
            assertThat(bytes.code()).as(bytes.err()).isZero();

            String ours = data.resolve("tls/ca.crt").toString();
            int port = cloud.httpsPort();
            String there = "https://hello.localhost:" + port + "/";
            assertThat(curl("hello.localhost", port, ours, there))
                    .isEqualTo("hello from a clone\n");
            String plain = "http://hello.localhost:" + cloud.gatewayPort() + "/";
            assertThat(
                            curl(
                                    "hello.localhost",
                                    cloud.gatewayPort(),
                                    ours,
                                    "-o",
                                    "/dev/null",
                                    "-w",
                                    "%{http_code} %{redirect_url}",
                                    plain))
                    .isEqualTo("308 " + there);
            String own = folder.resolve("shop.example.org.crt").toString();
            String shop = "https://shop.example.org:" + port + "/";
            assertThat(curl("shop.example.org", port, own, shop)).isEqualTo("hello from a clone\n");
            assertThat(curl("other.example.org", port, own, "https://other.example.org:" + port))
                    .contains("unrecognized name");
            assertThat(
                            output(
                                    "openssl",
                                    "s_client",
                                    "-quiet",
                                    "-verify_return_error",
                                    "-CAfile",
                                    ours,
                                    "-servername",
                                    "echo.localhost",
                                    "-connect",
                                    "127.0.0.1:" + port))
                    .endsWith("got hello\n");

            assertThat(run(cloud, data, "deploy", "hello", image, "--no-domain").code()).isZero();
            assertThat(curl("shop.example.org", port, own, shop)).contains("404 unknown-host");
        }
    }

    @Test
    void aWrongCommandLineSaysWhatIsMissing() {
        assertThat(CommandLineTester.run("up", "--https", "443").err())
                .contains("--https needs certificates");
        assertThat(CommandLineTester.run("up", "--redirect-https").err()).contains("needs TLS");
        assertThat(CommandLineTester.run("up", "--acme", "letsencrypt").err())
                .contains("'letsencrypt' of --acme is no URL");
        assertThat(CommandLineTester.run("up", "--certificates", "/no/such").err())
                .contains("no directory");
        assertThat(CommandLineTester.run("up", "--proxy-protocol", "balancer").err())
                .contains("no address: balancer");
    }
}
