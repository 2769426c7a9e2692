package dev.littlecloud.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LittlecloudTest {
    @Test
    void helpShowsCommandsAndExamples() {
        Outcome outcome = CommandLineTester.run("--help");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: littlecloud", "Examples:", "version");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void everyCommandHasHelpWithOneSentence() {
        CommandLine program = Littlecloud.commandLine();

        assertThat(program.getSubcommands()).isNotEmpty();
        program.getSubcommands()
                .forEach(
                        (name, command) -> {
                            Outcome outcome = CommandLineTester.run(name, "--help");
                            assertThat(outcome.code()).as(name).isZero();
                            assertThat(outcome.out())
                                    .as(name)
                                    .contains("Usage: littlecloud " + name);
                            assertThat(command.getCommandSpec().usageMessage().header())
                                    .as(name)
                                    .isNotEmpty();
                        });
    }

    @Test
    void versionIsWrittenInByTheBuild() {
        Outcome outcome = CommandLineTester.run("version");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).containsPattern("littlecloud \\d+\\.\\d+\\.\\d+");
        assertThat(outcome.out()).contains("Linux");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "--frobnicate", "version --x"})
    void wrongCommandLinesGetOneLineAnd125(String line) {
        Outcome outcome = CommandLineTester.run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(outcome.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .startsWith("littlecloud: ")
                .endsWith("--help'");
    }

    @Test
    void messagesStayOnOneLineWithoutControlCharacters() {
        assertThat(Messages.oneLine("a\nb\u001b[31mc.")).isEqualTo("a b\\x1b[31mc");
        assertThat(Messages.oneLine(null)).isEqualTo("unknown error");
    }
}
