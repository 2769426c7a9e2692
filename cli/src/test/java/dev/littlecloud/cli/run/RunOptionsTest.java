package dev.littlecloud.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class RunOptionsTest {
    @Command
    static final class Holder {
        @Mixin private RunOptions options = new RunOptions();
    }

    @Test
    void noOptionMeansTheDefaults() {
        assertThat(parse()).isEqualTo(InstanceSpec.DEFAULT);
    }

    @Test
    void everyOptionReachesTheSpec() {
        InstanceSpec spec =
                parse(
                        "-i",
                        "-t",
                        "-e",
                        "A=1",
                        "--env",
                        "B=x=y",
                        "-p",
                        "8080:80",
                        "--publish=127.0.0.1:53:53/udp",
                        "-v",
                        "/srv:/data:ro",
                        "-w",
                        "/work",
                        "-u",
                        "www-data:33",
                        "--entrypoint",
                        "/bin/sh",
                        "--hostname",
                        "web-1",
                        "--memory",
                        "64m",
                        "--cpus",
                        "1.5",
                        "--pids",
                        "20",
                        "--timeout",
                        "1m30s",
                        "--network",
                        "loopback",
                        "--allow",
                        "127.0.0.1:5432",
                        "--read-only",
                        "--rm",
                        "--trace");

        assertThat(spec)
                .isEqualTo(
                        new InstanceSpec(
                                new ProcessSpec(
                                        List.of("/bin/sh"),
                                        List.of("command"),
                                        Map.of("A", "1", "B", "x=y"),
                                        "/work",
                                        "www-data:33",
                                        true,
                                        true),
                                new Limits(
                                        64L << 20, new CpuLimit(1500), 20, Duration.ofSeconds(90)),
                                new NetworkPolicy(
                                        NetworkPolicy.Mode.LOOPBACK,
                                        List.of(Endpoint.parse("127.0.0.1:5432"))),
                                List.of(
                                        PortMapping.parse("8080:80"),
                                        PortMapping.parse("127.0.0.1:53:53/udp")),
                                List.of(new VolumeMount(Path.of("/srv"), "/data", true)),
                                "web-1",
                                true,
                                Observation.TRACE));
    }

    @Test
    void shortOptionsClusterAsInDocker() {
        InstanceSpec spec = parse("-itw/work", "-eA=1", "-m64m");

        assertThat(spec.process().interactive()).isTrue();
        assertThat(spec.process().terminal()).isTrue();
        assertThat(spec.process().workingDirectory()).isEqualTo("/work");
        assertThat(spec.process().environment()).containsExactly(Map.entry("A", "1"));
        assertThat(spec.limits().memoryBytes()).isEqualTo(64L << 20);
    }

    @Test
    void emptyEntrypointRemovesTheImages() {
        assertThat(parse("--entrypoint", "").process().entrypoint()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "-p, 80, names one port",
        "-v, data:/data, write ./data",
        "--memory, lots, is not a size",
        "--cpus, 0, is out of range",
        "--pids, many, not an int",
        "--timeout, soon, is not a time",
        "--network, bridge, 'none, loopback or outbound'",
        "--allow, localhost:80, is not an IP address",
        "-m, '', is not a size",
    })
    void aWrongValueIsNamed(String option, String value, String why) {
        assertThatExceptionOfType(ParameterException.class)
                .isThrownBy(() -> parse(option, value))
                .withMessageContaining(option)
                .withMessageContaining(value)
                .withMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "--memory, 1k, memory must be at least 4 MiB",
        "--pids, 0, pids must be from 1",
        "--timeout, 0, timeout must be more than zero",
        "--workdir, work, is not an absolute path",
        "--user, '', the user is empty",
        "--hostname, a_b, is not a host name",
        "--env, =1, does not start with a variable's name",
        "--env-file, /no/such/file, does not exist",
    })
    void aValueOutOfBoundsIsNamed(String option, String value, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(option, value))
                .withMessageContaining(why);
    }

    private static InstanceSpec parse(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        List<String> command = arguments.length > 10 ? List.of("command") : List.of();
        return holder.options.toSpec(command, new EnvironmentSource(Map.of()));
    }
}
