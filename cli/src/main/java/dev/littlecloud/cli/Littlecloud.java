package dev.littlecloud.cli;

import dev.littlecloud.cli.bench.BenchCommand;
import dev.littlecloud.cli.image.ImageCommand;
import dev.littlecloud.cli.run.Launch;
import dev.littlecloud.cli.run.LocalLaunch;
import dev.littlecloud.cli.run.RunArguments;
import dev.littlecloud.cli.run.RunCommand;
import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.runtime.instance.Instances;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code littlecloud}. */
@Command(
        name = "littlecloud",
        header = "Runs unmodified Docker images in hardware-isolated virtual machines.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud run docker-archive:nginx.tar -p 8080:80",
            "  littlecloud run -it busybox sh",
            "",
            "Environment:",
            "  LITTLECLOUD_DATA           where images are kept",
            "  LITTLECLOUD_JAVA_OPTIONS   more options for the JVM, such as -Xmx2g",
            "  LITTLECLOUD_STACKTRACE=1   print the stack trace of an unexpected error",
            "",
            "'littlecloud COMMAND --help' tells more about a command.",
        })
public final class Littlecloud implements Runnable {
    @Spec private CommandSpec spec;

    /** Made by picocli, which sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    Littlecloud() {}

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs one command line and returns the exit code. */
    public static int execute(String... arguments) {
        CommandLine commandLine = commandLine();
        return commandLine.execute(RunArguments.optionsFirst(commandLine, arguments));
    }

    /** The commands, ready to run a command line or to be described. */
    public static CommandLine commandLine() {
        return commandLine(new LocalLaunch(new Instances()));
    }

    /** The commands, with a {@code run} that starts instances in the given way. */
    static CommandLine commandLine(Launch launch) {
        CommandLine run = new CommandLine(new RunCommand(launch));
        CommandLine commandLine =
                new CommandLine(new Littlecloud())
                        .addSubcommand(run)
                        .addSubcommand(
                                ImageCommand.commandLine(
                                        () -> ImageStore.open(DataDirectory.fromEnvironment())))
                        .addSubcommand(new BenchCommand())
                        .addSubcommand(new VersionCommand());
        commandLine.setParameterExceptionHandler(new UsageErrors());
        commandLine.setExecutionExceptionHandler(new Failures());
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setAbbreviatedOptionsAllowed(false);
        // The guest's words are not ours to understand.
        run.setStopAtPositional(true);
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
