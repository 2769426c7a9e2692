package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceSpecTest {
    @Test
    void defaultsKeepTheImagesConfiguration() {
        InstanceSpec spec = InstanceSpec.DEFAULT;

        assertThat(spec.process()).isEqualTo(ProcessSpec.DEFAULT);
        assertThat(spec.process().entrypoint()).isNull();
        assertThat(spec.process().command()).isEmpty();
        assertThat(spec.process().environment()).isEmpty();
        assertThat(spec.process().workingDirectory()).isNull();
        assertThat(spec.process().user()).isNull();
        assertThat(spec.process().interactive()).isFalse();
        assertThat(spec.process().terminal()).isFalse();
        assertThat(spec.limits().memoryBytes()).isEqualTo(512L << 20);
        assertThat(spec.limits().cpus().milliCpus()).isEqualTo(1000);
        assertThat(spec.limits().taskCount()).isEqualTo(1024);
        assertThat(spec.limits().timeout()).isNull();
        assertThat(spec.network().mode()).isEqualTo(NetworkPolicy.Mode.OUTBOUND);
        assertThat(spec.network().allowed()).isEmpty();
        assertThat(spec.ports()).isEmpty();
        assertThat(spec.volumes()).isEmpty();
        assertThat(spec.hostname()).isNull();
        assertThat(spec.readOnlyRoot()).isFalse();
        assertThat(spec.observation()).isEqualTo(Observation.NONE);
    }

    @Test
    void refusesLimitsNothingCanRunIn() {
        Limits limits = Limits.DEFAULT;

        assertThatIllegalArgumentException().isThrownBy(() -> limits.withMemoryBytes(4095));
        assertThatIllegalArgumentException().isThrownBy(() -> limits.withTaskCount(0));
        assertThatIllegalArgumentException().isThrownBy(() -> limits.withTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new CpuLimit(9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a_b", "a b", ".a", "ä"})
    void refusesWhatIsNoHostName(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> withHostname(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "web-1", "web.example.org", "3f9a0c"})
    void acceptsHostNames(String name) {
        assertThat(withHostname(name).hostname()).isEqualTo(name);
    }

    @Test
    void refusesOneHostPortTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withPorts(NetworkPolicy.DEFAULT, "8080:80", "8080:81"))
                .withMessageContaining("8080");
        assertThat(withPorts(NetworkPolicy.DEFAULT, "53:53", "53:53/udp", "0:1", "0:2").ports())
                .hasSize(4);
    }

    @Test
    void refusesPortsWithoutANetwork() {
        NetworkPolicy none = new NetworkPolicy(NetworkPolicy.Mode.NONE, List.of());

        assertThatIllegalArgumentException().isThrownBy(() -> withPorts(none, "8080:80"));
    }

    @Test
    void refusesTwoVolumesAtOnePlace() {
        VolumeMount one = VolumeMount.parse("/a:/data", java.nio.file.Path.of("/"));
        VolumeMount two = VolumeMount.parse("/b:/data", java.nio.file.Path.of("/"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(NetworkPolicy.DEFAULT, List.of(), List.of(one, two), null))
                .withMessageContaining("/data");
    }

    private static InstanceSpec withHostname(String name) {
        return spec(NetworkPolicy.DEFAULT, List.of(), List.of(), name);
    }

    private static InstanceSpec withPorts(NetworkPolicy network, String... ports) {
        return spec(
                network, List.of(ports).stream().map(PortMapping::parse).toList(), List.of(), null);
    }

    private static InstanceSpec spec(
            NetworkPolicy network,
            List<PortMapping> ports,
            List<VolumeMount> volumes,
            @Nullable String hostname) {
        return new InstanceSpec(
                ProcessSpec.DEFAULT,
                Limits.DEFAULT,
                network,
                ports,
                volumes,
                hostname,
                false,
                Observation.NONE);
    }
}
