package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.freeze.Freezable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The tables of /proc/net that list sockets and interfaces; proc_pid_net(5). */
public final class SocketTables {
    private static final int TCP_WIDTH = 149;
    private static final int UDP_WIDTH = 127;
    private static final int CLOSED = 7;
    private static final int ESTABLISHED = 1;
    private static final int UNIX_LISTENS = 0x10000;
    private static final int IFF_LOWER_UP = 0x10000;

    private final NetworkStack stack;

    public SocketTables(NetworkStack stack) {
        this.stack = stack;
    }

    /**
     * @param version 4 or 6
     */
    public String tcp(int version) {
        StringBuilder text = new StringBuilder();
        head(text, version, "");
        int row = 0;
        for (Socket socket : stack.sockets()) {
            if (socket instanceof TcpSocket tcp && isShown(tcp, version)) {
                int state = tcp.stateNumber();
                String rest = state == CLOSED ? "" : " 100 0 0 10 0";
                String line =
                        inet(row++, tcp, state, version)
                                + " "
                                + tcp.references()
                                + " 0000000000000000"
                                + rest;
                padded(text, line, version == 4 ? TCP_WIDTH : 0);
            }
        }
        return text.toString();
    }

    /**
     * @param version 4 or 6
     */
    public String udp(int version) {
        return datagrams(version, socket -> isUdp(socket, SocketConstants.IPPROTO_UDP));
    }

    /**
     * @param version 4 or 6
     */
    public String udpLite(int version) {
        return datagrams(version, socket -> isUdp(socket, SocketConstants.IPPROTO_UDPLITE));
    }

    private static boolean isUdp(Socket socket, int protocol) {
        return socket instanceof UdpSocket && socket.protocol() == protocol;
    }

    private String datagrams(int version, Predicate<Socket> wanted) {
        StringBuilder text = new StringBuilder();
        head(text, version, " ref pointer drops");
        for (Socket socket : stack.sockets()) {
            if (wanted.test(socket) && isShown((InetSocket) socket, version)) {
                InetSocket one = (InetSocket) socket;
                int state = one.remote() == null ? CLOSED : ESTABLISHED;
                String line =
                        inet(one.local().port(), one, state, version)
                                + " "
                                + one.references()
                                + " 0000000000000000 0";
                padded(text, line, version == 4 ? UDP_WIDTH : 0);
            }
        }
        return text.toString();
    }

    /**
     * @param version 4 or 6
     */
    public String raw(int version) {
        return datagrams(version, socket -> socket instanceof RawSocket);
    }

    /**
     * Ping sockets.
     *
     * @param version 4 or 6
     */
    public String icmp(int version) {
        return datagrams(version, socket -> socket instanceof PingSocket);
    }

    private static boolean isShown(InetSocket socket, int version) {
        int family = version == 4 ? SocketConstants.AF_INET : SocketConstants.AF_INET6;
        return socket.family() == family && socket.isBound();
    }

    private static void head(StringBuilder text, int version, String more) {
        boolean datagrams = !more.isEmpty();
        if (version == 6) {
            text.append("  sl  local_address                         remote_address         ");
            text.append("               st tx_queue rx_queue tr tm->when retrnsmt   uid ");
            text.append(" timeout inode").append(more).append('\n');
        } else {
            String line =
                    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                            + "   uid  timeout inode"
                            + more;
            padded(text, datagrams ? " " + line : line, datagrams ? UDP_WIDTH : TCP_WIDTH);
        }
    }

    private static void padded(StringBuilder text, String line, int width) {
        text.append(line).repeat(' ', Math.max(0, width - line.length())).append('\n');
    }

    private static String inet(int row, InetSocket socket, int state, int version) {
        InetEndpoint peer = socket.remote();
        return String.format(
                Locale.ROOT,
                "%4d: %s %s %02X %08X:%08X 00:00000000 00000000 %5d        0 %d",
                row,
                address(socket.local(), version),
                address(peer == null ? anyOf(version) : peer, version),
                state,
                socket.unsentBytes(),
                socket.readableBytes(),
                socket.owner(),
                socket.inode().number());
    }

    private static InetEndpoint anyOf(int version) {
        return version == 4 ? InetEndpoint.ANY_V4 : InetEndpoint.ANY_V6;
    }

    /** Words in network order, each printed as the little-endian machine sees it. */
    private static String address(InetEndpoint at, int version) {
        String port = String.format(Locale.ROOT, ":%04X", at.port());
        if (version == 4) {
            return word(at.v4Address()) + port;
        }
        return word((int) (at.high() >>> 32))
                + word((int) at.high())
                + word((int) (at.low() >>> 32))
                + word((int) at.low())
                + port;
    }

    private static String word(int value) {
        return String.format(Locale.ROOT, "%08X", Integer.reverseBytes(value));
    }

    public String unix() {
        StringBuilder text =
                new StringBuilder("Num       RefCount Protocol Flags    Type St Inode Path\n");
        for (Socket socket : stack.sockets()) {
            if (socket instanceof UnixSocket unix) {
                boolean connected = unix.peerAddress() != null;
                text.append(
                        String.format(
                                Locale.ROOT,
                                "0000000000000000: %08X 00000000 %08X %04X %02X %5d",
                                unix.references() + 1,
                                unix.isListening() ? UNIX_LISTENS : 0,
                                unix.type(),
                                connected ? 3 : 1,
                                unix.inode().number()));
                String name = ((UnixAddress) unix.localAddress()).display();
                text.append(name.isEmpty() ? "" : " " + name).append('\n');
            }
        }
        return text.toString();
    }

    /** How many sockets of each kind there are. */
    public String statistics() {
        int tcp = 0;
        int udp = 0;
        int udpLite = 0;
        int raw = 0;
        int all = 0;
        for (Socket socket : stack.sockets()) {
            all++;
            tcp += socket instanceof TcpSocket one && isShown(one, 4) ? 1 : 0;
            boolean shown = socket instanceof InetSocket one && isShown(one, 4);
            udp += shown && isUdp(socket, SocketConstants.IPPROTO_UDP) ? 1 : 0;
            udpLite += shown && isUdp(socket, SocketConstants.IPPROTO_UDPLITE) ? 1 : 0;
            raw += shown && socket instanceof RawSocket ? 1 : 0;
        }
        return "sockets: used "
                + all
                + "\nTCP: inuse "
                + tcp
                + " orphan 0 tw 0 alloc "
                + tcp
                + " mem 0\nUDP: inuse "
                + udp
                + " mem 0\nUDPLITE: inuse "
                + udpLite
                + "\nRAW: inuse "
                + raw
                + "\nFRAG: inuse 0 memory 0\n";
    }

    /** Interfaces and what went through them. */
    public String interfaces() {
        StringBuilder text =
                new StringBuilder(
                        "Inter-|   Receive                                                | "
                                + " Transmit\n face |bytes    packets errs drop fifo frame"
                                + " compressed multicast|bytes    packets errs drop fifo colls"
                                + " carrier compressed\n");
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            text.append(String.format(Locale.ROOT, "%6s:", one.name()));
            NetworkCounters.Traffic traffic = stack.counters().of(one.index());
            text.append(
                    String.format(
                            Locale.ROOT,
                            " %7d %7d    0    0    0     0          0 %9d %8d %7d    0    0    0"
                                    + "     0       0          0\n",
                            traffic.receivedBytes,
                            traffic.receivedPackets,
                            traffic.receivedMulticast,
                            traffic.sentBytes,
                            traffic.sentPackets));
        }
        return text.toString();
    }

    public String routes() {
        StringBuilder text = new StringBuilder();
        padded(
                text,
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                UDP_WIDTH);
        NetworkConfig config = stack.config();
        for (NetworkInterface one : NetworkInterface.of(config)) {
            if (!one.isLoopback()) {
                int mask = one.netmask();
                route(text, one.name(), 0, config.gateway(), 3, 0);
                route(text, one.name(), one.address() & mask, 0, 1, mask);
            }
        }
        return text.toString();
    }

    private static void route(
            StringBuilder text, String name, int destination, int gateway, int flags, int mask) {
        String line =
                String.format(
                        Locale.ROOT,
                        "%s\t%s\t%s\t%04X\t0\t0\t0\t%s\t0\t0\t0",
                        name,
                        word(destination),
                        word(gateway),
                        flags,
                        word(mask));
        padded(text, line, UDP_WIDTH);
    }

    /** What /sys/class/net shows of an interface. */
    public List<SystemInterface> systemInterfaces() {
        return NetworkInterface.of(stack.config()).stream()
                .map(
                        one ->
                                new SystemInterface(
                                        one.name(),
                                        one.index(),
                                        one.mtu(),
                                        one.hardwareType(),
                                        one.flags() & ~IFF_LOWER_UP & 0xffbf,
                                        one.hardwareAddress()))
                .toList();
    }

    /** What is counted of an interface's traffic; freezing knows it by its interface. */
    public interface Count extends Freezable {
        long getAsLong();
    }

    /** What went through an interface, by the names of /sys/class/net/NAME/statistics. */
    public Map<String, Count> traffic(int interfaceIndex) {
        NetworkCounters.Traffic traffic = stack.counters().of(interfaceIndex);
        return Map.of(
                "multicast", () -> traffic.receivedMulticast,
                "rx_bytes", () -> traffic.receivedBytes,
                "rx_packets", () -> traffic.receivedPackets,
                "tx_bytes", () -> traffic.sentBytes,
                "tx_packets", () -> traffic.sentPackets);
    }

    /**
     * An interface in /sys/class/net.
     *
     * @param hardwareType ARPHRD_LOOPBACK or ARPHRD_ETHER
     * @param flags IFF_UP and so on, as netdevice(7)
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record SystemInterface(
            String name, int index, int mtu, int hardwareType, int flags, byte[] address) {}
}
