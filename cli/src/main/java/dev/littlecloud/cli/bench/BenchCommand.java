package dev.littlecloud.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code littlecloud bench}. */
@Command(
        name = "bench",
        header = "Measures this machine beside its baselines.",
        mixinStandardHelpOptions = true,
        subcommands = {BenchRunCommand.class, BenchListCommand.class})
public final class BenchCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Made by picocli, which sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    public BenchCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "write 'bench run' or 'bench list'");
    }
}
