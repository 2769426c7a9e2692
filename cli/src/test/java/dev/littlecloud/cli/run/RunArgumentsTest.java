package dev.littlecloud.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class RunArgumentsTest {
    @Command(name = "program")
    static final class Program {}

    @Command(name = "run", mixinStandardHelpOptions = true)
    static final class Run {}

    @ParameterizedTest
    @CsvSource({
        // options behind the image move in front of it
        "run IMAGE -p 8080:80, run -p 8080:80 IMAGE",
        "run -i IMAGE -p8080:80 --memory=1g, run -i -p8080:80 --memory=1g IMAGE",
        "run -it IMAGE -e A=1 sh -c x, run -it -e A=1 IMAGE sh -c x",
        // from the first other word on, everything is the guest's
        "run IMAGE ls -t, run IMAGE ls -t",
        "run IMAGE -i ls -t, run -i IMAGE ls -t",
        "run -e A=1 IMAGE env -i, run -e A=1 IMAGE env -i",
        "run IMAGE --port 7000 -p 1:1, run IMAGE --port 7000 -p 1:1",
        "run IMAGE -c x=1, run IMAGE -c x=1",
        "run IMAGE -ic, run IMAGE -ic",
        "run IMAGE -, run IMAGE -",
        // -- gives options to the guest, too
        "run IMAGE -- -p 8080:80, run IMAGE -p 8080:80",
        "run IMAGE -i -- -t, run -i IMAGE -t",
        "run IMAGE sh -- -t, run IMAGE sh -- -t",
        // what is wrong or not run is left for the parser to judge
        "run, run",
        "run -i, run -i",
        "run -p, run -p",
        "run --frob IMAGE, run --frob IMAGE",
        "image ls -i, image ls -i",
        "run --help, run --help",
    })
    void optionsComeFirst(String given, String expected) {
        CommandLine program = new CommandLine(new Program());
        CommandLine run = new CommandLine(new Run());
        run.addMixin("options", new RunOptions());
        program.addSubcommand(run);

        assertThat(RunArguments.optionsFirst(program, given.split(" ")))
                .containsExactly(expected.split(" "));
    }
}
