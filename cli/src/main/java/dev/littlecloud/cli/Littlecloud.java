package dev.littlecloud.cli;

import dev.littlecloud.cli.cloud.CloudClient;
import dev.littlecloud.cli.run.LocalLaunch;
import dev.littlecloud.cli.run.RunArguments;
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
            "  littlecloud up",
            "  littlecloud deploy hello docker-archive:nginx.tar",
            "",
            "Environment:",
            "  LITTLECLOUD_DATA           where images, services and usage are kept",
            "  LITTLECLOUD_URL            a cloud elsewhere, such as http://cloud.example.org:8081",
            "  LITTLECLOUD_TOKEN          the token for it",
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
        return execute(commands().forArguments(arguments), arguments);
    }

    static int execute(CommandLine program, String... arguments) {
        return program.execute(RunArguments.optionsFirst(program, arguments));
    }

    /** The program with all of its commands, to be described. */
    public static CommandLine commandLine() {
        return commands().all();
    }

    private static Commands commands() {
        return new Commands(() -> new LocalLaunch(new Instances()), CloudClient::fromEnvironment);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
