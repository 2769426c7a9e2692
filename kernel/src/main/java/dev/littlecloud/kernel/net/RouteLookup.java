package dev.littlecloud.kernel.net;

/** The way that packets to an IPv4 address take, as RTM_GETROUTE tells it; rtnetlink(7). */
final class RouteLookup {
    private static final int RTM_NEWROUTE = 24;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_TABLE = 15;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RT_TABLE_LOCAL = 255;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_LOCAL = 2;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTCF_LOCAL = 0x8000_0000;
    private static final int LOOPBACK = 0x7F00_0001;
    private static final int LOOPBACK_MASK = 0xFF00_0000;

    private RouteLookup() {}

    /** Writes the route to {@code destination}, in host order: whether there is one. */
    static boolean write(NetworkConfig config, int destination, NetlinkWriter out) {
        boolean own = config.hasInterface() && destination == config.address();
        boolean loops = (destination & LOOPBACK_MASK) == (LOOPBACK & LOOPBACK_MASK);
        if (own || loops || destination == 0) {
            begin(out, RTN_LOCAL, RTCF_LOCAL, destination, RT_TABLE_LOCAL);
            out.integer(RTA_OIF, NetworkStack.LOOPBACK_INDEX);
            out.address(RTA_PREFSRC, own ? destination : LOOPBACK);
        } else if (config.hasInterface()) {
            begin(out, RTN_UNICAST, 0, destination, RT_TABLE_MAIN);
            int mask = -1 << (32 - config.prefixLength());
            if ((destination & mask) != (config.address() & mask)) {
                out.address(RTA_GATEWAY, config.gateway());
            }
            out.integer(RTA_OIF, NetworkStack.ETHERNET_INDEX);
            out.address(RTA_PREFSRC, config.address());
        } else {
            return false;
        }
        out.end();
        return true;
    }

    /** {@code struct rtmsg} and what all routes have. */
    private static void begin(
            NetlinkWriter out, int type, int cacheFlags, int destination, int table) {
        out.begin(RTM_NEWROUTE, 0);
        out.putByte(SocketConstants.AF_INET).putByte(32).putByte(0).putByte(0);
        out.putByte(table).putByte(0).putByte(0).putByte(type);
        out.putInt(cacheFlags | RTM_F_CLONED);
        out.address(RTA_DST, destination);
        out.integer(RTA_TABLE, table);
    }
}
