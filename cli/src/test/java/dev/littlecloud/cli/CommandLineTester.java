package dev.littlecloud.cli;

import dev.littlecloud.cli.cloud.CloudClient;
import dev.littlecloud.cli.run.Launch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Runs command lines in this process and keeps what they print. */
public final class CommandLineTester {
    /** What a command line did. */
    public record Outcome(int code, String out, String err) {}

    private CommandLineTester() {}

    public static Outcome run(String... arguments) {
        return run(
                (name, pull, wanted, streams) -> {
                    throw new AssertionError("no instance is meant to start");
                },
                arguments);
    }

    public static Outcome run(Launch launch, String... arguments) {
        return runWith(
                () -> launch,
                () -> {
                    throw new AssertionError("no cloud is meant to be asked");
                },
                arguments);
    }

    /** Runs a command line that asks a cloud. */
    public static Outcome ask(Supplier<CloudClient> cloud, String... arguments) {
        return runWith(
                () -> {
                    throw new AssertionError("no instance is meant to start");
                },
                cloud,
                arguments);
    }

    private static Outcome runWith(
            Supplier<Launch> launch, Supplier<CloudClient> cloud, String... arguments) {
        CommandLine program = new Commands(launch, cloud).forArguments(arguments);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        program.setOut(new PrintWriter(out, true));
        program.setErr(new PrintWriter(err, true));
        int code = Littlecloud.execute(program, arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
