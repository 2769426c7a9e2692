package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.littlecloud.runtime.NetworkPolicy.Mode;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "10.1.2.3", "192.168.0.1", "2001:db8::1", "fd00::1"})
    void outboundOpensTheWorld(String address) {
        assertThat(NetworkPolicy.DEFAULT.permits(InetAddress.ofLiteral(address), 443)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.0.9",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "224.0.0.1",
                "::1",
                "::",
                "fe80::1",
                "ff02::1",
                "fd00:ec2::254",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
            })
    void outboundClosesTheHostAndItsMetadata(String address) {
        assertThat(NetworkPolicy.DEFAULT.permits(InetAddress.ofLiteral(address), 80)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NONE", "LOOPBACK"})
    void otherModesCloseEverything(Mode mode) {
        NetworkPolicy policy = new NetworkPolicy(mode, List.of());

        assertThat(policy.permits(InetAddress.ofLiteral("93.184.216.34"), 80)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void allowOpensOnePortOfOneAddress(Mode mode) {
        NetworkPolicy policy = new NetworkPolicy(mode, List.of(Endpoint.parse("127.0.0.1:5432")));

        assertThat(policy.permits(InetAddress.ofLiteral("127.0.0.1"), 5432)).isTrue();
        assertThat(policy.permits(InetAddress.ofLiteral("127.0.0.1"), 5433)).isFalse();
        assertThat(policy.permits(InetAddress.ofLiteral("127.0.0.2"), 5432)).isFalse();
    }

    @Test
    void endpointsAreLiteralAddressesWithAPort() {
        assertThat(Endpoint.parse("[::1]:53")).hasToString("[0:0:0:0:0:0:0:1]:53");
        assertThat(Endpoint.parse("10.0.0.1:80")).hasToString("10.0.0.1:80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", ":80", "localhost:80", "10.0.0.1:", "10.0.0.1:0", "::1:80"})
    void refusesOtherEndpoints(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.parse(text));
    }
}
