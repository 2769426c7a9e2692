package dev.littlecloud.cli.cloud;

import dev.littlecloud.runtime.CpuLimit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a service is to be. */
final class DeployOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where the program listens; by default the first port of the image.")
    private @Nullable Integer port;

    @Option(
            names = "--protocol",
            paramLabel = "KIND",
            description = "What the program speaks: http1, h2c or tcp.")
    private @Nullable String protocol;

    @Option(
            names = "--publish",
            paramLabel = "PORT",
            description = "With tcp: the port of this machine that leads to it.")
    private @Nullable Integer publishedPort;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "Set a variable.")
    private List<String> environment = new ArrayList<>();

    @Option(
            names = "--secret",
            paramLabel = "NAME=SECRET",
            description = "Set a variable to a secret's value; see 'secret set'.")
    private List<String> secrets = new ArrayList<>();

    @Option(names = "--memory", paramLabel = "SIZE", description = "Most memory of an instance.")
    private @Nullable String memory;

    @Option(names = "--cpus", paramLabel = "NUMBER", description = "Processors of an instance.")
    private @Nullable String cpus;

    @Option(
            names = "--ready-when",
            paramLabel = "WHEN",
            description =
                    "What all instances start from: the program as it is when it is listening,"
                            + " healthy (the image's HEALTHCHECK), or has told so (it makes the file"
                            + " /dev/shm/.littlecloud-ready). Default: healthy where the image has a"
                            + " HEALTHCHECK, else listening.")
    private @Nullable String readyWhen;

    @Option(
            names = "--ready-timeout",
            paramLabel = "TIME",
            description = "How long the program may take until it is ready.")
    private @Nullable String readyTimeout;

    @Option(
            names = "--egress",
            paramLabel = "KIND",
            description = "What the program may reach: none, loopback or outbound.")
    private @Nullable String egress;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description =
                    "A host name of your own that leads to the service, such as shop.example.org;"
                            + " repeat for more. Replaces those of before.")
    private List<String> domains = new ArrayList<>();

    @Option(names = "--no-domain", description = "Take such names away.")
    private boolean hasNoDomains;

    @Mixin private ScalingOptions scaling = new ScalingOptions();

    /** Writes what was given into a specification. */
    void apply(CommandSpec spec, ObjectNode wanted) {
        if (port != null) {
            wanted.put("port", port);
        }
        if (protocol != null) {
            wanted.put("protocol", protocol);
        }
        if (publishedPort != null) {
            wanted.put("publishedPort", publishedPort);
        }
        if (hasNoDomains) {
            wanted.remove("domains");
        }
        if (!domains.isEmpty()) {
            ArrayNode names = wanted.putArray("domains");
            domains.forEach(names::add);
        }
        pairs(spec, environment, "-e", wanted, "env");
        pairs(spec, secrets, "--secret", wanted, "secrets");
        if (memory != null) {
            wanted.put("memoryBytes", Settings.bytes(spec, memory));
        }
        if (cpus != null) {
            wanted.put("milliCpus", Settings.parsed(spec, cpus, CpuLimit::parse).milliCpus());
        }
        if (readyWhen != null) {
            wanted.put("readyWhen", readyWhen);
        }
        if (readyTimeout != null) {
            wanted.put("readyTimeoutMillis", Settings.time(spec, readyTimeout).toMillis());
        }
        if (egress != null) {
            wanted.put("egress", egress);
        }
        ObjectNode its =
                wanted.path("scaling") instanceof ObjectNode known
                        ? known
                        : wanted.putObject("scaling");
        scaling.apply(spec, its);
    }

    private static void pairs(
            CommandSpec spec, List<String> pairs, String option, ObjectNode wanted, String field) {
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'%s' is not NAME=VALUE, as %s wants it".formatted(pair, option));
            }
            ObjectNode map =
                    wanted.path(field) instanceof ObjectNode known
                            ? known
                            : wanted.putObject(field);
            map.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
    }
}
