package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkConfigTest {
    @Test
    void namesTheInstanceTheHostAndTheNameServer() {
        NetworkConfig config = NetworkConfig.of(true, 1 << 30);
        assertThat(config.hosts("box"))
                .contains("127.0.0.1\tlocalhost\n")
                .contains("172.20.0.2\tbox\n")
                .contains("172.20.0.1\thost.docker.internal\n");
        assertThat(config.resolvConf()).startsWith("nameserver 127.0.0.11\n");
    }

    @Test
    void hasOnlyLoopbackWithoutAnInterface() {
        NetworkConfig config = NetworkConfig.of(false, 1 << 30);
        assertThat(config.hosts("box")).contains("127.0.0.1\tbox\n").doesNotContain("172.20");
        assertThat(config.resolvConf()).isEmpty();
    }

    @Test
    void boundsBuffersByTheInstancesMemory() {
        assertThat(NetworkConfig.of(true, 1L << 30).bufferBytes()).isEqualTo(128L << 20);
        assertThat(NetworkConfig.of(true, 16L << 20).bufferBytes()).isEqualTo(8L << 20);
        assertThat(NetworkConfig.of(true, 64L << 30).bufferBytes()).isEqualTo(256L << 20);
    }

    @Test
    void endpointsPrintAsPeopleWriteThem() {
        assertThat(InetEndpoint.v4(0x7F000001, 80)).hasToString("127.0.0.1:80");
        assertThat(InetEndpoint.LOOPBACK_V6.withPort(80))
                .hasToString("[0000:0000:0000:0000:0000:0000:0000:0001]:80");
        assertThat(InetEndpoint.v4(0xE0000001, 0).isMulticast()).isTrue();
        assertThat(InetEndpoint.v4(0x7F000005, 0).isLoopback()).isTrue();
    }
}
