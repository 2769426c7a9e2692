package dev.littlecloud.kernel.net;

import java.util.List;

/**
 * An interface as netdevice(7) and rtnetlink(7) show it.
 *
 * @param flags IFF_UP and so on
 * @param address IPv4, in host order
 * @param hardwareType ARPHRD_LOOPBACK or ARPHRD_ETHER
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record NetworkInterface(
        int index,
        String name,
        int flags,
        int address,
        int prefixLength,
        int mtu,
        int hardwareType,
        byte[] hardwareAddress) {
    /** IFF_UP, IFF_LOOPBACK, IFF_RUNNING, IFF_LOWER_UP. */
    private static final int LOOPBACK_FLAGS = 0x1 | 0x8 | 0x40 | 0x10000;

    /** IFF_UP, IFF_BROADCAST, IFF_RUNNING, IFF_MULTICAST, IFF_LOWER_UP. */
    private static final int ETHERNET_FLAGS = 0x1 | 0x2 | 0x40 | 0x1000 | 0x10000;

    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;

    static List<NetworkInterface> of(NetworkConfig config) {
        NetworkInterface loopback =
                new NetworkInterface(
                        NetworkStack.LOOPBACK_INDEX,
                        "lo",
                        LOOPBACK_FLAGS,
                        0x7F000001,
                        8,
                        65536,
                        ARPHRD_LOOPBACK,
                        new byte[6]);
        if (!config.hasInterface()) {
            return List.of(loopback);
        }
        int a = config.address();
        byte[] mac = {2, 0x42, (byte) (a >> 24), (byte) (a >> 16), (byte) (a >> 8), (byte) a};
        NetworkInterface ethernet =
                new NetworkInterface(
                        NetworkStack.ETHERNET_INDEX,
                        "eth0",
                        ETHERNET_FLAGS,
                        a,
                        config.prefixLength(),
                        1500,
                        ARPHRD_ETHER,
                        mac);
        return List.of(loopback, ethernet);
    }

    boolean isLoopback() {
        return hardwareType == ARPHRD_LOOPBACK;
    }

    int netmask() {
        return -1 << (32 - prefixLength);
    }

    int broadcast() {
        return isLoopback() ? 0 : address | ~netmask();
    }
}
