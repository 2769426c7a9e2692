package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFile;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of /proc/net. Starts with the tables of a network without sockets; the network puts its
 * own in their place.
 */
public final class NetFiles {
    private static final String TCP =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
                    + "  timeout inode";
    private static final String TCP6 =
            "  sl  local_address                         remote_address                        st"
                    + " tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String UDP =
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
                    + "  timeout inode ref pointer drops";
    private static final String UDP6 =
            "  sl  local_address                         remote_address                        st"
                    + " tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer"
                    + " drops\n";
    private static final String DEVICES =
            "Inter-|   Receive                                                |  Transmit\n"
                    + " face |bytes    packets errs drop fifo frame compressed multicast|bytes "
                    + "   packets errs drop fifo colls carrier compressed\n"
                    + "    lo:       0       0    0    0    0     0          0         0        0"
                    + "       0    0    0    0     0       0          0\n";

    private final Map<String, PseudoFile.Text> files = new TreeMap<>();
    private @Nullable PseudoDirectory directory;

    NetFiles() {
        add("dev", reader -> DEVICES);
        add("tcp", reader -> line(TCP, 149));
        add("tcp6", reader -> TCP6);
        add("udp", reader -> line(UDP, 127));
        add("udp6", reader -> UDP6);
        add("raw", reader -> line(UDP, 127));
        add("raw6", reader -> UDP6);
        add("unix", reader -> "Num       RefCount Protocol Flags    Type St Inode Path\n");
        add("route", reader -> line(ROUTE, 127));
        add("ipv6_route", reader -> "");
        add("if_inet6", reader -> "00000000000000000000000000000001 01 80 10 80       lo\n");
        add("arp", reader -> ARP);
        add("packet", reader -> "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n");
        add("netlink", reader -> NETLINK);
        add("protocols", reader -> "");
    }

    private static final String ROUTE =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
    private static final String ARP =
            "IP address       HW type     Flags       HW address            Mask     Device\n";
    private static final String NETLINK =
            "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops   "
                    + " Inode\n";

    /** A line filled with spaces, as these tables are. */
    static String line(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length())) + "\n";
    }

    /** Adds a file, or replaces the text of one. Before the first process starts. */
    public void add(String name, PseudoFile.Text text) {
        files.put(name, text);
    }

    /** The directory, which is the same for every process: an instance has one network. */
    PseudoDirectory directory(PseudoFileSystem fileSystem) {
        PseudoDirectory made = directory;
        if (made == null) {
            made = new PseudoDirectory(fileSystem, 0555);
            files.forEach(made::addText);
            made.addDirectory("stat");
            directory = made;
        }
        return made;
    }
}
