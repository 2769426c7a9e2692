package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.cli.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud bench run}. */
@Command(
        name = "run",
        header = "Runs benchmarks and prints what they measured.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud bench run",
            "  littlecloud bench run cli-start --save before.json",
        })
final class BenchRunCommand implements Callable<Integer> {
    enum Output {
        table,
        json
    }

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "Benchmarks to run; all when none is named.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "table|json",
            description = "What to print; default table.")
    private Output output = Output.table;

    @Option(names = "--save", paramLabel = "FILE", description = "Also write JSON to a file.")
    private @Nullable Path save;

    @Option(names = "--check", description = "Exit with code 1 when a goal is missed.")
    private boolean check;

    @Spec private CommandSpec spec;

    /** Made by picocli, which sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    BenchRunCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter progress = spec.commandLine().getErr();
        List<Report.Entry> entries = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<Benchmark> chosen = chosen(progress);
        int number = 0;
        long start = System.nanoTime();
        for (Benchmark benchmark : chosen) {
            number++;
            progress.printf(
                    "[%d/%d] %s: %s%n", number, chosen.size(), benchmark.name(), benchmark.title());
            progress.flush();
            try {
                for (Figure figure : benchmark.run()) {
                    entries.add(new Report.Entry(benchmark.name(), figure));
                }
            } catch (UnavailableException missing) {
                progress.printf("%s: left out: %s%n", benchmark.name(), missing.getMessage());
                leftOut.add(benchmark.name());
            } catch (IOException | RuntimeException failure) {
                // The others can still tell something.
                progress.printf("%s: failed: %s%n", benchmark.name(), failure);
                failed.add(benchmark.name());
            }
        }
        progress.printf("done in %d s%n%n", (System.nanoTime() - start) / 1_000_000_000);
        progress.flush();
        Report report = new Report(environment(), entries, leftOut, failed);
        if (save != null) {
            Files.writeString(save, report.json() + "\n");
        }
        PrintWriter out = spec.commandLine().getOut();
        switch (output) {
            case table -> out.print(report.table());
            case json -> out.println(report.json());
        }
        out.flush();
        boolean good = failed.isEmpty() && (!check || report.allGoalsMet());
        return good ? ExitCodes.SUCCESS : ExitCodes.FAILURE;
    }

    private List<Benchmark> chosen(PrintWriter progress) {
        List<Benchmark> all = Benchmarks.all(progress);
        if (names.isEmpty()) {
            return all;
        }
        Map<String, Benchmark> byName =
                all.stream().collect(Collectors.toMap(Benchmark::name, Function.identity()));
        List<Benchmark> chosen = new ArrayList<>();
        for (String name : names) {
            Benchmark benchmark = byName.get(name);
            if (benchmark == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no benchmark '%s' ('bench list' lists them)".formatted(name));
            }
            chosen.add(benchmark);
        }
        return chosen;
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("time", Instant.now().toString());
        environment.put("littlecloud", Version.number());
        environment.put("java", Runtime.version().toString());
        environment.put("kernel", System.getProperty("os.version"));
        environment.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        environment.put(
                "loadAverage",
                Double.toString(
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        return environment;
    }
}
