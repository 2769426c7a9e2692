package dev.littlecloud.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code littlecloud version}. */
@Command(
        name = "version",
        header = "Prints the versions of Littlecloud, Java and the host's kernel.",
        mixinStandardHelpOptions = true)
public final class VersionCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Made by picocli, which sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    VersionCommand() {}

    @Override
    public void run() {
        spec.commandLine()
                .getOut()
                .printf(
                        "littlecloud %s%njava        %s%nkernel      %s %s%n",
                        Version.number(),
                        Runtime.version(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"));
    }
}
