package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.ProtocolTables;
import dev.littlecloud.kernel.net.SocketTables;
import org.jspecify.annotations.Nullable;

/** The files of /proc/net. */
final class NetFiles {
    private final SocketTables tables;
    private final ProtocolTables protocols;
    private @Nullable PseudoDirectory directory;

    NetFiles(SocketTables tables, ProtocolTables protocols) {
        this.tables = tables;
        this.protocols = protocols;
    }

    private void fill(PseudoDirectory files) {
        files.addText("dev", reader -> tables.interfaces());
        files.addText("tcp", reader -> tables.tcp(4));
        files.addText("tcp6", reader -> tables.tcp(6));
        files.addText("udp", reader -> tables.udp(4));
        files.addText("udp6", reader -> tables.udp(6));
        files.addText("raw", reader -> tables.raw(4));
        files.addText("raw6", reader -> tables.raw(6));
        files.addText("icmp", reader -> tables.icmp(4));
        files.addText("icmp6", reader -> tables.icmp(6));
        files.addText("udplite", reader -> tables.udpLite(4));
        files.addText("udplite6", reader -> tables.udpLite(6));
        files.addText("snmp", reader -> protocols.snmp());
        files.addText("snmp6", reader -> protocols.snmp6());
        files.addText("netstat", reader -> protocols.extensions());
        files.addText("sockstat6", reader -> protocols.socketsV6());
        files.addText("igmp", reader -> protocols.groups());
        files.addText("igmp6", reader -> protocols.groups6());
        files.addText("softnet_stat", reader -> protocols.packets());
        files.addText("dev_mcast", reader -> protocols.hardwareGroups());
        files.addText("unix", reader -> tables.unix());
        files.addText("route", reader -> tables.routes());
        files.addText("sockstat", reader -> tables.statistics());
        files.addText("if_inet6", "00000000000000000000000000000001 01 80 10 80       lo\n");
        files.addText("ipv6_route", "");
        files.addText("arp", ARP);
        files.addText("packet", "sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n");
    }

    private static final String ARP =
            "IP address       HW type     Flags       HW address            Mask     Device\n";

    /** The directory, which is the same for every process: an instance has one network. */
    PseudoDirectory directory(PseudoFileSystem fileSystem) {
        PseudoDirectory made = directory;
        if (made == null) {
            made = new PseudoDirectory(fileSystem, 0555);
            made.addDirectory("stat");
            made.filledBy(this::fill);
            directory = made;
        }
        return made;
    }
}
