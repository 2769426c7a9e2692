package dev.littlecloud.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Stdio;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunCommandTest {
    private final AtomicReference<String> image = new AtomicReference<>("");
    private final AtomicReference<InstanceSpec> spec = new AtomicReference<>(InstanceSpec.DEFAULT);
    private final AtomicReference<PullPolicy> pullPolicy = new AtomicReference<>();
    private final AtomicReference<Stdio> stdio = new AtomicReference<>();

    @Test
    void givesImageOptionsAndCommandToTheRuntime() {
        FakeInstance instance = new FakeInstance().endingWith(new ExitStatus.Exited(0));

        Outcome outcome = run(instance, "-e", "A=1", "nginx", "-p", "8080:80", "sh", "-c", "ls -t");

        assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
        assertThat(image).hasValue("nginx");
        assertThat(spec.get().process().command()).isEqualTo(List.of("sh", "-c", "ls -t"));
        assertThat(spec.get().process().environment()).containsEntry("A", "1");
        assertThat(spec.get().ports()).hasSize(1);
        assertThat(stdio.get().terminalSize()).isNull();
        assertThat(instance.closed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"x, MISSING", "--pull always x, ALWAYS", "x --pull=never, NEVER"})
    void pullsWhenAskedTo(String line, PullPolicy expected) {
        run(new FakeInstance().endingWith(new ExitStatus.Exited(0)), line.split(" "));

        assertThat(pullPolicy).hasValue(expected);
    }

    static List<ExitStatus> ends() {
        return List.of(
                new ExitStatus.Exited(3),
                new ExitStatus.Signaled(11),
                new ExitStatus.OutOfMemory(512L << 20),
                new ExitStatus.TimedOut(Duration.ofSeconds(2)),
                new ExitStatus.CannotExecute("/etc", "it is a directory"),
                new ExitStatus.NotFound("nope"),
                new ExitStatus.Failed("a defect"));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void endsWithTheInstancesCodeAndSaysWhyInOneLine(ExitStatus status) {
        Outcome outcome = run(new FakeInstance().endingWith(status), "x");

        assertThat(outcome.code()).isEqualTo(status.code());
        assertThat(outcome.err())
                .isEqualTo(
                        status.explanation().map(why -> "littlecloud: " + why + "\n").orElse(""));
    }

    @Test
    void signalsOfTheHostReachTheInstance() {
        // The command has taken the signals once it waits for the instance.
        FakeInstance instance = new FakeInstance().whenAwaited(() -> sendToThisProcess("TERM"));

        Outcome outcome = run(instance, "x");

        assertThat(outcome.code()).isEqualTo(128 + 15);
        assertThat(instance.signals).containsExactly(15);
    }

    @Test
    void aRefusedInstanceIsOneLineAnd125() {
        Outcome outcome =
                CommandLineTester.run(
                        (name, pull, wanted, streams) -> {
                            throw new InstanceException("/dev/kvm does not exist; load kvm_intel");
                        },
                        "run",
                        "x");

        assertThat(outcome)
                .isEqualTo(
                        new Outcome(
                                125, "", "littlecloud: /dev/kvm does not exist; load kvm_intel\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', IMAGE",
        "--frob x, --frob",
        "-p 80 x, names one port",
        "--pull often x, 'missing, always or never'",
        "--memory 1k x, at least 4 MiB",
        "-it x, needs a terminal",
        "-p 1:1 --network none x, use the network loopback",
        "-e, -e",
    })
    void aWrongCommandLineIsOneLineAnd125(String line, String why) {
        Outcome outcome = run(new FakeInstance(), line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(outcome.code()).isEqualTo(125);
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .contains(why)
                .endsWith("; see 'littlecloud run --help'");
        assertThat(image).hasValue("");
    }

    private Outcome run(FakeInstance instance, String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "run";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return CommandLineTester.run(
                (name, pull, wanted, streams) -> {
                    image.set(name);
                    pullPolicy.set(pull);
                    spec.set(wanted);
                    stdio.set(streams);
                    return instance;
                },
                words);
    }

    private static void sendToThisProcess(String name) {
        String self = Long.toString(ProcessHandle.current().pid());
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + self).start().waitFor();
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }
}
