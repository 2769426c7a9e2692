package dev.littlecloud.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code littlecloud bench list}. */
@Command(name = "list", header = "Lists the benchmarks.", mixinStandardHelpOptions = true)
final class BenchListCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Made by picocli, which sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    BenchListCommand() {}

    @Override
    public void run() {
        for (Benchmark benchmark : Benchmarks.all(spec.commandLine().getErr())) {
            spec.commandLine().getOut().printf("%-16s %s%n", benchmark.name(), benchmark.title());
        }
    }
}
