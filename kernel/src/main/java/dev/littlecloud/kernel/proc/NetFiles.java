package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFile;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.ProtocolTables;
import dev.littlecloud.kernel.net.SocketTables;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files of /proc/net. */
final class NetFiles {
    private final Map<String, PseudoFile.Text> files = new TreeMap<>();
    private @Nullable PseudoDirectory directory;

    NetFiles(SocketTables tables, ProtocolTables protocols) {
        add("dev", reader -> tables.interfaces());
        add("tcp", reader -> tables.tcp(4));
        add("tcp6", reader -> tables.tcp(6));
        add("udp", reader -> tables.udp(4));
        add("udp6", reader -> tables.udp(6));
        add("raw", reader -> tables.raw(4));
        add("raw6", reader -> tables.raw(6));
        add("icmp", reader -> tables.icmp(4));
        add("icmp6", reader -> tables.icmp(6));
        add("udplite", reader -> tables.udpLite(4));
        add("udplite6", reader -> tables.udpLite(6));
        add("snmp", reader -> protocols.snmp());
        add("snmp6", reader -> protocols.snmp6());
        add("netstat", reader -> protocols.extensions());
        add("sockstat6", reader -> protocols.socketsV6());
        add("igmp", reader -> protocols.groups());
        add("igmp6", reader -> protocols.groups6());
        add("softnet_stat", reader -> protocols.packets());
        add("dev_mcast", reader -> protocols.hardwareGroups());
        add("unix", reader -> tables.unix());
        add("route", reader -> tables.routes());
        add("sockstat", reader -> tables.statistics());
        add("if_inet6", reader -> "00000000000000000000000000000001 01 80 10 80       lo\n");
        add("ipv6_route", reader -> "");
        add("arp", reader -> ARP);
        add("packet", reader -> "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n");
    }

    private static final String ARP =
            "IP address       HW type     Flags       HW address            Mask     Device\n";

    private void add(String name, PseudoFile.Text text) {
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
