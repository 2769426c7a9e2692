package dev.littlecloud.cli.run;

import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code run}; {@link #toSpec} makes them an {@link InstanceSpec}. */
final class RunOptions {
    @Option(
            names = {"-i", "--interactive"},
            description = "Connect standard input; without it the program reads an empty one.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give the program a terminal.")
    private boolean terminal;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            description = "Set a variable; without a value it is taken from here.")
    private List<String> environment = new ArrayList<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Set the variables of a file with lines NAME=VALUE; -e wins over it.")
    private List<Path> environmentFiles = new ArrayList<>();

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "[ADDRESS:]HOST:GUEST[/udp]",
            converter = Converters.Port.class,
            description = "Give connections to a port of the host to a port of the guest.")
    private List<PortMapping> ports = new ArrayList<>();

    @Option(
            names = {"-v", "--volume"},
            paramLabel = "HOST:GUEST[:ro]",
            converter = Converters.Volume.class,
            description = "Show a directory or file of the host to the guest.")
    private List<VolumeMount> volumes = new ArrayList<>();

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIRECTORY",
            description = "Start in this directory of the guest.")
    private @Nullable String workingDirectory;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:GROUP]",
            description = "Run as this user, by name or number.")
    private @Nullable String user;

    @Option(
            names = "--entrypoint",
            paramLabel = "PROGRAM",
            description = "Run this program instead of the image's; '' for none.")
    private @Nullable String entrypoint;

    @Option(names = "--hostname", paramLabel = "NAME", description = "The guest's host name.")
    private @Nullable String hostname;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description = "Memory for all of the instance, such as 512m (the default) or 2g.")
    private @Nullable Long memoryBytes;

    @Option(
            names = "--cpus",
            paramLabel = "NUMBER",
            converter = Converters.Cpus.class,
            description = "Processors to use at most, such as 0.5; default 1.")
    private @Nullable CpuLimit cpus;

    @Option(
            names = {"--pids", "--pids-limit"},
            paramLabel = "NUMBER",
            description = "Processes and threads alive at once; default 1024.")
    private @Nullable Integer taskCount;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "End the instance after this time, such as 90s, 5m or 1h30m.")
    private @Nullable Duration timeout;

    @Option(
            names = "--network",
            paramLabel = "none|outbound|loopback",
            converter = Converters.Network.class,
            description = {
                "What the guest may reach: no network, everything but the host itself (the",
                "default), or only its own loopback."
            })
    private NetworkPolicy.@Nullable Mode network;

    @Option(
            names = "--allow",
            paramLabel = "ADDRESS:PORT",
            converter = Converters.Destination.class,
            description = "Open one destination that the network mode closes.")
    private List<Endpoint> allowed = new ArrayList<>();

    @Option(
            names = "--pull",
            paramLabel = "missing|always|never",
            converter = Converters.Pull.class,
            description = "When to ask the registry for the image; default missing.")
    private PullPolicy pullPolicy = PullPolicy.MISSING;

    @Option(names = "--read-only", description = "Make the image's files read-only.")
    private boolean readOnlyRoot;

    @SuppressWarnings("UnusedVariable") // it asks for what happens anyway
    @Option(
            names = "--rm",
            description = "Accepted for Docker's sake: an instance always leaves nothing behind.")
    private boolean remove;

    @Option(names = "--trace", description = "Print system calls, and at the end what was missing.")
    private boolean traced;

    @Option(
            names = "--profile",
            description =
                    "Print at the end what the program left its machine for, and for how long.")
    private boolean profiled;

    /** Made by picocli, which sets the annotated fields. */
    RunOptions() {}

    boolean interactive() {
        return interactive;
    }

    PullPolicy pullPolicy() {
        return pullPolicy;
    }

    boolean terminal() {
        return terminal;
    }

    /**
     * Makes what {@code run} was asked for.
     *
     * @param command what follows the image on the command line
     * @throws IllegalArgumentException with a sentence for the user
     */
    InstanceSpec toSpec(List<String> command, EnvironmentSource source) {
        Limits limits = Limits.DEFAULT;
        if (memoryBytes != null) {
            limits = limits.withMemoryBytes(memoryBytes);
        }
        if (cpus != null) {
            limits = limits.withCpus(cpus);
        }
        if (taskCount != null) {
            limits = limits.withTaskCount(taskCount);
        }
        if (timeout != null) {
            limits = limits.withTimeout(timeout);
        }
        NetworkPolicy.Mode mode = network == null ? NetworkPolicy.DEFAULT.mode() : network;
        return new InstanceSpec(
                new ProcessSpec(
                        entrypoint(),
                        command,
                        source.variables(environmentFiles, environment),
                        workingDirectory,
                        user,
                        interactive,
                        terminal),
                limits,
                new NetworkPolicy(mode, allowed),
                ports,
                volumes,
                hostname,
                readOnlyRoot,
                observation());
    }

    private Observation observation() {
        if (traced && profiled) {
            throw new IllegalArgumentException(
                    "--trace and --profile exclude each other: printing would be what is profiled");
        }
        return traced ? Observation.TRACE : profiled ? Observation.PROFILE : Observation.NONE;
    }

    private @Nullable List<String> entrypoint() {
        String program = entrypoint;
        if (program == null) {
            return null;
        }
        return program.isEmpty() ? List.of() : List.of(program);
    }
}
