package dev.littlecloud.cli;

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
        return runWith(() -> launch, arguments);
    }

    private static Outcome runWith(Supplier<Launch> launch, String... arguments) {
        CommandLine program = new Commands(launch).forArguments(arguments);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        program.setOut(new PrintWriter(out, true));
        program.setErr(new PrintWriter(err, true));
        int code = Littlecloud.execute(program, arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
