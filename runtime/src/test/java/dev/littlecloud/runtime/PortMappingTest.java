package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.littlecloud.runtime.PortMapping.Protocol;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortMappingTest {
    @Test
    void listensOnAllAddressesUnlessOneIsNamed() {
        assertThat(PortMapping.parse("8080:80"))
                .isEqualTo(new PortMapping(null, 8080, 80, Protocol.TCP));
        assertThat(PortMapping.parse("127.0.0.1:8080:80"))
                .isEqualTo(
                        new PortMapping(
                                InetAddress.ofLiteral("127.0.0.1"), 8080, 80, Protocol.TCP));
        assertThat(PortMapping.parse("[::1]:53:5353/udp"))
                .isEqualTo(new PortMapping(InetAddress.ofLiteral("::1"), 53, 5353, Protocol.UDP));
    }

    @Test
    void letsTheHostChooseItsPort() {
        assertThat(PortMapping.parse("0:80").hostPort()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080:80", "127.0.0.1:8080:80", "[0:0:0:0:0:0:0:1]:53:5353/udp"})
    void writesWhatItReads(String text) {
        assertThat(PortMapping.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "80, names one port",
        "80:, is not a port from 1",
        ":80, is not a port from 0",
        "8080:0, is not a port from 1",
        "8080:65536, is not a port from 1",
        "65536:80, is not a port from 0",
        "-1:80, is not a port",
        "+1:80, is not a port",
        "a:80, is not a port",
        "8000-8010:8000-8010, is not a port",
        "8080:80/sctp, is not a protocol",
        "example.org:8080:80, is not an IP address",
        "::1:8080:80, must stand in brackets",
        "1.2.3:8080:80, is not an IP address",
    })
    void refusesOtherTextSayingWhy(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortMapping.parse(text))
                .withMessageContaining(why)
                .withMessageContaining(text);
    }
}
