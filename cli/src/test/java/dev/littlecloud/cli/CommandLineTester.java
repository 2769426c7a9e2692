package dev.littlecloud.cli;

import dev.littlecloud.cli.run.Launch;
import dev.littlecloud.cli.run.RunArguments;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs command lines in this process and keeps what they print. */
public final class CommandLineTester {
    /** What a command line did. */
    public record Outcome(int code, String out, String err) {}

    private CommandLineTester() {}

    public static Outcome run(String... arguments) {
        return run(Littlecloud.commandLine(), arguments);
    }

    public static Outcome run(Launch launch, String... arguments) {
        return run(Littlecloud.commandLine(launch), arguments);
    }

    private static Outcome run(CommandLine program, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        program.setOut(new PrintWriter(out, true));
        program.setErr(new PrintWriter(err, true));
        int code = program.execute(RunArguments.optionsFirst(program, arguments));
        return new Outcome(code, out.toString(), err.toString());
    }
}
