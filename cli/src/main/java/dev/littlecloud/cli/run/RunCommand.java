package dev.littlecloud.cli.run;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.host.HostSignals;
import dev.littlecloud.runtime.host.HostStreams;
import dev.littlecloud.runtime.host.HostTerminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud run}. */
@Command(
        name = "run",
        customSynopsis = "littlecloud run [OPTION...] IMAGE [OPTION...] [WORD...]",
        header = "Runs an image in a virtual machine of its own.",
        description = {
            "%nOptions may stand before or behind the image. From the first other word on, or from"
                    + " '--', everything is the guest's.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0-123:the program's own exit code, as are others that it chooses",
            "124:--timeout ended the instance",
            "125:the command line is wrong, the image is not there or no machine could be made",
            "126:the program cannot be executed",
            "127:the program is not in the image",
            "128+N:signal N ended the program",
            "137:SIGKILL, or the memory was used up; a line on standard error says so",
        },
        footerHeading = "%nImages:%n",
        footer = {
            "  docker-archive:FILE    a file made by 'docker save'",
            "  oci:DIRECTORY[:TAG]    an OCI image layout",
            "  oci-archive:FILE       the same in a tar",
            "  NAME[:TAG]             from the store, or from a registry as Docker does",
            "",
            "Examples:",
            "  littlecloud run docker-archive:nginx.tar -p 8080:80",
            "  littlecloud run -it busybox sh",
            "  littlecloud run -v ./src:/src:ro -w /src --timeout 5m alpine make",
        })
public final class RunCommand implements Callable<Integer> {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;

    private final Launch launch;

    @Mixin private RunOptions options = new RunOptions();

    @Parameters(index = "0", paramLabel = "IMAGE", description = "What to run; see below.")
    private String image = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "WORD",
            description = "The command to run instead of the image's own.")
    private List<String> command = new ArrayList<>();

    @Spec private CommandSpec spec;

    /** The other fields are set by picocli. */
    @SuppressWarnings("NullAway.Init")
    public RunCommand(Launch launch) {
        this.launch = launch;
    }

    @Override
    public Integer call() throws InterruptedException {
        InstanceSpec instanceSpec = instanceSpec();
        boolean raw = options.terminal() && options.interactive();
        if (raw && !HostTerminal.isTerminal(STDIN)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "-t with -i needs a terminal as standard input; leave -t out to read from a file or pipe");
        }
        ExitStatus status;
        try (RunningInstance instance =
                launch.start(image, options.pullPolicy(), instanceSpec, stdio())) {
            status = raw ? attended(instance) : supervised(instance, null);
        }
        PrintWriter err = spec.commandLine().getErr();
        status.explanation().ifPresent(text -> err.println("littlecloud: " + text));
        return status.code();
    }

    private InstanceSpec instanceSpec() {
        try {
            return options.toSpec(command, new EnvironmentSource(System.getenv()));
        } catch (IllegalArgumentException refused) {
            throw new ParameterException(spec.commandLine(), refused.getMessage(), refused);
        }
    }

    private Stdio stdio() {
        WindowSize size = null;
        if (options.terminal()) {
            size = HostTerminal.windowSize(HostTerminal.isTerminal(STDIN) ? STDIN : STDOUT);
        }
        return new Stdio(
                options.interactive() ? HostStreams.input() : HostStreams.emptyInput(),
                HostStreams.output(),
                HostStreams.error(),
                size);
    }

    private static ExitStatus attended(RunningInstance instance) throws InterruptedException {
        try (HostTerminal terminal = HostTerminal.enterRawMode(STDIN)) {
            return supervised(instance, terminal);
        } catch (IOException failure) {
            throw new InstanceException(
                    "the terminal cannot be switched to raw mode: " + failure.getMessage(),
                    failure);
        }
    }

    @SuppressWarnings("try") // the signals are used by being taken
    private static ExitStatus supervised(RunningInstance instance, @Nullable HostTerminal terminal)
            throws InterruptedException {
        Session session = new Session(instance, terminal);
        try (HostSignals signals = HostSignals.take(session::signal, session::windowChanged)) {
            return instance.await();
        }
    }
}
