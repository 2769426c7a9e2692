package dev.littlecloud.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.InetEndpoint;
import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.NetworkPolicy;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstanceNetworkTest {
    private static final long MEMORY = 1 << 30;
    private static final InetEndpoint OUTSIDE = v4("198.51.100.7", 443);

    private static InetEndpoint v4(String address, int port) {
        return Endpoints.endpoint(InetAddress.ofLiteral(address), port);
    }

    private static InstanceNetwork network(NetworkPolicy.Mode mode, String... allowed) {
        List<Endpoint> open = java.util.Arrays.stream(allowed).map(Endpoint::parse).toList();
        return new InstanceNetwork(new NetworkPolicy(mode, open), MEMORY, Neighbours.NONE);
    }

    @Test
    void outboundReachesTheWorldButNotTheHost() {
        InstanceNetwork network = network(NetworkPolicy.Mode.OUTBOUND);
        assertThat(network.permits(OUTSIDE)).isZero();
        assertThat(network.permits(v4("127.0.0.1", 80))).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(network.permits(v4("172.20.0.1", 80))).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(network.permits(v4("169.254.169.254", 80))).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(network.permits(v4("0.0.0.0", 80))).isEqualTo(Errno.EHOSTUNREACH);
    }

    @Test
    void theHostsOtherAddressesAreClosedToo() throws Exception {
        InstanceNetwork network = network(NetworkPolicy.Mode.OUTBOUND);
        java.net.NetworkInterface.networkInterfaces()
                .flatMap(java.net.NetworkInterface::inetAddresses)
                .forEach(
                        own ->
                                assertThat(network.route(Endpoints.endpoint(own, 80)))
                                        .as(own.toString())
                                        .isNull());
    }

    @Test
    void theGatewayLeadsToWhatIsOpenedOfTheHostsLoopback() {
        InstanceNetwork network = network(NetworkPolicy.Mode.OUTBOUND, "127.0.0.1:5432");
        assertThat(network.route(v4("172.20.0.1", 5432)))
                .isEqualTo(new java.net.InetSocketAddress("127.0.0.1", 5432));
        assertThat(network.permits(v4("127.0.0.1", 5432))).isZero();
        assertThat(network.permits(v4("127.0.0.1", 5433))).isEqualTo(Errno.EHOSTUNREACH);
    }

    @Test
    void otherModesHaveNoRouteButWhatIsOpened() {
        InstanceNetwork network = network(NetworkPolicy.Mode.LOOPBACK, "198.51.100.7:443");
        assertThat(network.permits(OUTSIDE)).isZero();
        assertThat(network.permits(v4("198.51.100.7", 80))).isEqualTo(Errno.ENETUNREACH);
        assertThat(network(NetworkPolicy.Mode.NONE).permits(OUTSIDE)).isEqualTo(Errno.ENETUNREACH);
        assertThat(network(NetworkPolicy.Mode.NONE).config().hasInterface()).isFalse();
    }
}
