package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.cli.Version;
import dev.littlecloud.control.ControlPlane;
import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.node.CloneLauncher;
import dev.littlecloud.node.Cloud;
import dev.littlecloud.node.CloudConfig;
import dev.littlecloud.node.EdgeConfig;
import dev.littlecloud.runtime.host.HostSignals;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code littlecloud up}. */
@Command(
        name = "up",
        header = "Starts a cloud on this machine and serves until it is stopped.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGINT or SIGTERM, after requests under way had ended",
            "1:a port is taken, the data is in use, or the disk failed",
            "125:the command line is wrong",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud up",
            "  littlecloud up --tls-dev",
            "  littlecloud up --listen 0.0.0.0 --port 80 --https 443 --redirect-https \\",
            "      --domain apps.example.org --acme https://acme-v02.api.letsencrypt.org/directory",
            "  littlecloud up --listen 10.0.0.5 --certificates /etc/certificates \\",
            "      --proxy-protocol 10.0.0.0/24",
            "",
            "Services, secrets and usage are kept in LITTLECLOUD_DATA and come back.",
        })
public final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where services answer; default: ${DEFAULT-VALUE}.",
            defaultValue = "8080")
    private int gatewayPort;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            description = "Where the API answers; default: ${DEFAULT-VALUE}.",
            defaultValue = "8081")
    private int apiPort;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            description = "Where images are pushed to; default: ${DEFAULT-VALUE}.",
            defaultValue = "5000")
    private int registryPort;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "Address for all three; default: ${DEFAULT-VALUE}.",
            defaultValue = "127.0.0.1")
    private String host = "127.0.0.1";

    @Option(
            names = "--domain",
            paramLabel = "DOMAIN",
            description = "Services are at NAME.DOMAIN; default: ${DEFAULT-VALUE}.",
            defaultValue = "localhost")
    private String domain = "localhost";

    @Option(
            names = "--open-registry",
            description = "Let everybody push images who reaches the registry.")
    private boolean isRegistryOpen;

    @Mixin private EdgeOptions edge = new EdgeOptions();

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    public UpCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        EdgeConfig outside = edge.config(spec);
        KvmAccess.require();
        // One line for each thing that is logged; set before the first is.
        System.setProperty("java.util.logging.SimpleFormatter.format", "littlecloud: %5$s%6$s%n");
        Path data = DataDirectory.fromEnvironment();
        CloudConfig config =
                new CloudConfig(
                        data,
                        host,
                        gatewayPort,
                        apiPort,
                        registryPort,
                        domain,
                        isRegistryOpen,
                        outside);
        CountDownLatch stop = new CountDownLatch(1);
        try (HostSignals signals = HostSignals.takeStops(stop::countDown);
                Cloud cloud = Cloud.start(config, CloneLauncher.of(data), Version.number())) {
            Path address = data.resolve(CloudAddress.FILE);
            Files.writeString(address, "http://" + host + ":" + cloud.apiPort() + "\n");
            welcome(cloud, data);
            stop.await();
        } catch (IOException failure) {
            throw new CloudException(ExitCodes.FAILURE, String.valueOf(failure.getMessage()));
        }
        return ExitCodes.SUCCESS;
    }

    private static void trust(PrintWriter out, Path root) {
        out.printf("           curl --cacert %s ...%n", root);
        out.printf(
                "           browsers: import that file as an authority; it is good for localhost"
                        + " only%n");
    }

    private void welcome(Cloud cloud, Path data) {
        PrintWriter out = spec.commandLine().getOut();
        String registry = "localhost:" + cloud.registryPort();
        out.printf("services   http://NAME.%s:%d%n", domain, cloud.gatewayPort());
        cloud.httpsPort()
                .ifPresent(port -> out.printf("with TLS   https://NAME.%s:%d%n", domain, port));
        cloud.developmentRoot().ifPresent(root -> trust(out, root));
        out.printf("API        http://%s:%d%n", host, cloud.apiPort());
        out.printf("registry   %s%n", registry);
        if (!isRegistryOpen) {
            out.printf(
                    "           docker login -u admin --password-stdin %s < %s%n",
                    registry, data.resolve(ControlPlane.TOKEN_FILE));
        }
        out.printf("data       %s%n%n", data);
        out.printf("Deploy in another terminal: littlecloud deploy hello IMAGE%n");
        out.flush();
    }
}
