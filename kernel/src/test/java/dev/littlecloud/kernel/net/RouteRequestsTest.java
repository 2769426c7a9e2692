package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteRequestsTest {
    private static final int RTM_GETLINK = 18;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int DUMP = 0x301;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int SEQUENCE = 77;
    private static final int PORT = 42;

    private static List<ByteBuffer> ask(boolean hasInterface, int type, int flags) {
        ByteBuffer request = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        request.putInt(20).putShort((short) type).putShort((short) flags);
        request.putInt(SEQUENCE).putInt(0).putInt(0);
        NetworkConfig config = NetworkConfig.of(hasInterface, 1 << 30);
        List<ByteBuffer> messages = new ArrayList<>();
        for (byte[] datagram :
                new RouteRequests(config, new NetworkCounters(), PORT).answer(request.array())) {
            ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < datagram.length; ) {
                int length = all.getInt(at);
                assertThat(length).isBetween(16, datagram.length - at);
                assertThat(all.getInt(at + 8)).isEqualTo(SEQUENCE);
                assertThat(all.getInt(at + 12)).isEqualTo(PORT);
                messages.add(all.slice(at, length).order(ByteOrder.LITTLE_ENDIAN));
                at += length + 3 & ~3;
            }
        }
        return messages;
    }

    @Test
    void dumpsLinksAndEndsTheDump() {
        List<ByteBuffer> links = ask(true, RTM_GETLINK, DUMP);
        assertThat(links).hasSize(3);
        assertThat(links.get(0).getInt(16 + 4)).isEqualTo(NetworkStack.LOOPBACK_INDEX);
        assertThat(links.get(1).getInt(16 + 4)).isEqualTo(NetworkStack.ETHERNET_INDEX);
        assertThat(links.get(2).getShort(4)).isEqualTo((short) NLMSG_DONE);
    }

    @Test
    void dumpsAddressesOfBothFamilies() {
        assertThat(ask(true, RTM_GETADDR, DUMP)).hasSize(4);
        assertThat(ask(false, RTM_GETADDR, DUMP)).hasSize(3);
    }

    @Test
    void refusesChanges() {
        List<ByteBuffer> answers = ask(true, RTM_NEWROUTE, 5);
        assertThat(answers).hasSize(1);
        assertThat(answers.getFirst().getShort(4)).isEqualTo((short) NLMSG_ERROR);
        assertThat(answers.getFirst().getInt(16)).isEqualTo(-1);
    }

    @Test
    void survivesAnyLengthField() {
        NetworkConfig config = NetworkConfig.of(true, 1 << 30);
        for (int length : new int[] {-1, 0, 15, 16, 17, 1000, Integer.MAX_VALUE}) {
            ByteBuffer request = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
            request.putInt(length).putShort((short) RTM_GETLINK).putShort((short) 1);
            assertThat(
                            new RouteRequests(config, new NetworkCounters(), PORT)
                                    .answer(request.array()))
                    .isNotNull();
        }
    }
}
