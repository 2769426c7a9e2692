package dev.littlecloud.cli.cloud;

import dev.littlecloud.gateway.AddressRange;
import dev.littlecloud.node.EdgeConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How {@code up} meets the world. */
final class EdgeOptions {
    private static final int STANDARD_HTTPS_PORT = 8443;

    @Option(
            names = "--https",
            paramLabel = "PORT",
            description =
                    "Where services answer with TLS; default: "
                            + STANDARD_HTTPS_PORT
                            + " where certificates come from somewhere, else nowhere.")
    private @Nullable Integer httpsPort;

    @Option(
            names = "--tls-dev",
            description =
                    "Issue certificates for names below localhost; 'up' says how to trust them.")
    private boolean isDevelopment;

    @Option(
            names = "--certificates",
            paramLabel = "DIRECTORY",
            description =
                    "Use the certificates there: NAME.pem, or NAME.crt and NAME.key; _.example.org"
                            + " is for all names right below example.org.")
    private @Nullable Path certificates;

    @Option(
            names = "--acme",
            paramLabel = "URL",
            description =
                    "Get certificates for services' names from this ACME directory, such as"
                            + " https://acme-v02.api.letsencrypt.org/directory; it must reach the"
                            + " cloud on port 80.")
    private @Nullable String acme;

    @Option(
            names = "--acme-email",
            paramLabel = "ADDRESS",
            description = "Whom the ACME authority may write.",
            defaultValue = "")
    private String acmeEmail = "";

    @Option(
            names = "--redirect-https",
            description = "Send requests without TLS to where there is TLS.")
    private boolean redirects;

    @Option(
            names = "--proxy-protocol",
            paramLabel = "RANGE",
            description =
                    "Addresses of load balancers whose connections start with a PROXY header, such"
                            + " as 10.0.0.0/8; repeat for more.")
    private List<String> proxyPeers = new ArrayList<>();

    @Option(
            names = "--trusted-proxy",
            paramLabel = "RANGE",
            description =
                    "Addresses of proxies whose X-Forwarded headers are believed; repeat for more.")
    private List<String> trustedProxies = new ArrayList<>();

    /** Picocli sets the annotated fields. */
    EdgeOptions() {}

    EdgeConfig config(CommandSpec spec) {
        boolean hasSource = isDevelopment || certificates != null || acme != null;
        if (httpsPort != null && !hasSource) {
            throw wrong(
                    spec,
                    "--https needs certificates: --tls-dev, --certificates DIRECTORY or --acme URL");
        }
        if (redirects && !hasSource) {
            throw wrong(spec, "--redirect-https needs TLS, such as --tls-dev");
        }
        if (certificates != null && !Files.isDirectory(certificates)) {
            throw wrong(spec, "'" + certificates + "' of --certificates is no directory");
        }
        OptionalInt port =
                hasSource
                        ? OptionalInt.of(httpsPort == null ? STANDARD_HTTPS_PORT : httpsPort)
                        : OptionalInt.empty();
        return new EdgeConfig(
                port,
                isDevelopment,
                Optional.ofNullable(certificates).map(Path::toAbsolutePath),
                Optional.ofNullable(acme)
                        .map(url -> new EdgeConfig.Acme(directory(spec, url), acmeEmail)),
                redirects,
                ranges(spec, proxyPeers),
                ranges(spec, trustedProxies));
    }

    private static URI directory(CommandSpec spec, String url) {
        URI directory = Settings.parsed(spec, url, URI::create);
        if (directory.getHost() == null) {
            throw wrong(spec, "'" + url + "' of --acme is no URL");
        }
        return directory;
    }

    private static List<AddressRange> ranges(CommandSpec spec, List<String> texts) {
        return texts.stream()
                .map(text -> Settings.parsed(spec, text, AddressRange::parse))
                .toList();
    }

    private static ParameterException wrong(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
