package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PortTableTest {
    private static final int PORT = 80;
    private static final InetEndpoint ANY4 = InetEndpoint.ANY_V4.withPort(PORT);
    private static final InetEndpoint ANY6 = InetEndpoint.ANY_V6.withPort(PORT);
    private static final InetEndpoint LOOPBACK4 = InetEndpoint.LOOPBACK_V4.withPort(PORT);
    private static final InetEndpoint LOOPBACK6 = InetEndpoint.LOOPBACK_V6.withPort(PORT);
    private static final InetEndpoint ETHERNET = InetEndpoint.v4(0xAC140002, PORT);

    /** A socket as the table sees it. */
    private static final class User implements PortUser {
        final InetEndpoint local;
        @Nullable InetEndpoint remote;
        boolean onlyV6;
        boolean listening;
        boolean sharesAddress;
        boolean sharesPort;
        int owner;

        User(InetEndpoint local) {
            this.local = local;
        }

        @Override
        public InetEndpoint local() {
            return local;
        }

        @Override
        public @Nullable InetEndpoint remote() {
            return remote;
        }

        @Override
        public boolean coversV4() {
            return local.isV4() || (local.isAny() && !onlyV6);
        }

        @Override
        public boolean coversV6() {
            return !local.isV4();
        }

        @Override
        public boolean isListening() {
            return listening;
        }

        @Override
        public boolean sharesAddress() {
            return sharesAddress;
        }

        @Override
        public boolean sharesPort() {
            return sharesPort;
        }

        @Override
        public int owner() {
            return owner;
        }
    }

    private final PortTable<User> tcp = new PortTable<>(true, 0);
    private final PortTable<User> udp = new PortTable<>(false, 0);

    private static User listener(InetEndpoint local) {
        User user = new User(local);
        user.listening = true;
        return user;
    }

    @Test
    void refusesTheSamePortOnOverlappingAddresses() {
        tcp.add(new User(ANY4));
        assertThat(tcp.conflicts(new User(ANY4))).isTrue();
        assertThat(tcp.conflicts(new User(LOOPBACK4))).isTrue();
        assertThat(tcp.conflicts(new User(ANY6))).isTrue();
        assertThat(tcp.conflicts(new User(LOOPBACK6))).isFalse();
        assertThat(tcp.conflicts(new User(ANY4.withPort(81)))).isFalse();
    }

    @Test
    void keepsAnIpv6OnlyWildcardApartFromIpv4() {
        tcp.add(new User(ANY4));
        User six = new User(ANY6);
        six.onlyV6 = true;
        assertThat(tcp.conflicts(six)).isFalse();
    }

    @Test
    void reuseAddressSharesUnlessSomebodyListens() {
        User first = new User(ANY4);
        first.sharesAddress = true;
        tcp.add(first);
        User second = new User(ANY4);
        assertThat(tcp.conflicts(second)).isTrue();
        second.sharesAddress = true;
        assertThat(tcp.conflicts(second)).isFalse();
        first.listening = true;
        assertThat(tcp.conflicts(second)).isTrue();
    }

    @Test
    void reusePortSharesAmongOneUsersSockets() {
        User first = listener(ANY4);
        first.sharesPort = true;
        tcp.add(first);
        User second = new User(ANY4);
        second.sharesPort = true;
        assertThat(tcp.conflicts(second)).isFalse();
        second.owner = 1000;
        assertThat(tcp.conflicts(second)).isTrue();
    }

    @Test
    void findsTheMostSpecificListener() {
        User any6 = listener(ANY6);
        User loopback = listener(LOOPBACK4);
        tcp.add(any6);
        tcp.add(loopback);
        tcp.add(new User(ETHERNET));
        assertThat(tcp.listener(LOOPBACK4, 1)).isSameAs(loopback);
        assertThat(tcp.listener(ETHERNET, 1)).isSameAs(any6);
        assertThat(tcp.listener(LOOPBACK6, 1)).isSameAs(any6);
        assertThat(tcp.listener(ETHERNET.withPort(81), 1)).isNull();
        tcp.remove(any6);
        assertThat(tcp.listener(ETHERNET, 1)).isNull();
    }

    @Test
    void spreadsConnectionsOverSocketsThatShareThePort() {
        for (int i = 0; i < 4; i++) {
            User worker = listener(ANY4);
            worker.sharesPort = true;
            tcp.add(worker);
        }
        long used =
                java.util.stream.IntStream.range(40_000, 40_400)
                        .mapToObj(source -> tcp.listener(ETHERNET, source))
                        .distinct()
                        .count();
        assertThat(used).isEqualTo(4);
    }

    @Test
    void prefersAConnectedDatagramSocketAndOnlyForItsPeer() {
        InetEndpoint peer = InetEndpoint.LOOPBACK_V4.withPort(5000);
        User any = new User(ANY4);
        User connected = new User(LOOPBACK4);
        connected.remote = peer;
        udp.add(any);
        udp.add(connected);
        assertThat(udp.receiver(LOOPBACK4, peer)).isSameAs(connected);
        assertThat(udp.receiver(LOOPBACK4, peer.withPort(5001))).isSameAs(any);
    }

    @Test
    void givesEachEphemeralPortOnceUntilNoneIsLeft() {
        int ports = PortTable.LAST_EPHEMERAL - PortTable.FIRST_EPHEMERAL + 1;
        for (int i = 0; i < ports; i++) {
            int port = tcp.ephemeral();
            assertThat(port).isBetween(PortTable.FIRST_EPHEMERAL, PortTable.LAST_EPHEMERAL);
            tcp.add(new User(LOOPBACK4.withPort(port)));
        }
        assertThat(tcp.ephemeral()).isZero();
    }
}
