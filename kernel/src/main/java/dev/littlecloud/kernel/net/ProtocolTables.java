package dev.littlecloud.kernel.net;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The tables of /proc/net about protocols and groups; proc_pid_net(5), RFC 1213, RFC 4293. */
public final class ProtocolTables {
    private static final String IP_NAMES =
            "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos"
                    + " InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds"
                    + " ReasmOKs ReasmFails FragOKs FragFails FragCreates";

    private static final String ICMP_NAMES =
            "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs"
                    + " InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks"
                    + " InAddrMaskReps OutMsgs OutErrors OutDestUnreachs OutTimeExcds OutParmProbs"
                    + " OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps"
                    + " OutAddrMasks OutAddrMaskReps";

    private static final String TCP_NAMES =
            "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets"
                    + " CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors";

    private static final String UDP_NAMES =
            "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors"
                    + " IgnoredMulti MemErrors";

    /** What happens to packets that get lost, late or doubled: nothing here does. */
    private static final String TCP_EXTENSION_NAMES =
            "SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned"
                    + " OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled"
                    + " PAWSActive PAWSEstab DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows"
                    + " ListenDrops TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery"
                    + " TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo"
                    + " TCPPartialUndo TCPDSACKUndo TCPLossUndo TCPLostRetransmit TCPRenoFailures"
                    + " TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts"
                    + " TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail"
                    + " TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv"
                    + " TCPDSACKOfoRecv TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout"
                    + " TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono"
                    + " TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs"
                    + " TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged"
                    + " TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop"
                    + " TCPDeferAcceptDrop IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies"
                    + " TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge"
                    + " TCPChallengeACK TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail"
                    + " TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow"
                    + " TCPFastOpenCookieReqd TCPFastOpenBlackhole TCPSpuriousRtxHostQueues"
                    + " BusyPollRxPackets TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv"
                    + " TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect"
                    + " TCPHystartTrainCwnd TCPHystartDelayDetect TCPHystartDelayCwnd"
                    + " TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq TCPACKSkippedFinWait2"
                    + " TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive"
                    + " TCPMTUPFail TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed"
                    + " TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig TCPFastOpenPassiveAltKey"
                    + " TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious"
                    + " TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash";

    private static final String IP_EXTENSION_NAMES =
            "InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets"
                    + " OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors"
                    + " InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps";

    private static final String IP6_NAMES =
            "InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos"
                    + " InTruncatedPkts InDiscards InDelivers OutForwDatagrams OutRequests OutDiscards"
                    + " OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails"
                    + " FragCreates InMcastPkts OutMcastPkts InOctets OutOctets InMcastOctets"
                    + " OutMcastOctets InBcastOctets OutBcastOctets InNoECTPkts InECT1Pkts InECT0Pkts"
                    + " InCEPkts";

    private static final String ICMP6_NAMES =
            "InMsgs InErrors OutMsgs OutErrors InCsumErrors InDestUnreachs InPktTooBigs InTimeExcds"
                    + " InParmProblems InEchos InEchoReplies InGroupMembQueries InGroupMembResponses"
                    + " InGroupMembReductions InRouterSolicits InRouterAdvertisements InNeighborSolicits"
                    + " InNeighborAdvertisements InRedirects InMLDv2Reports OutDestUnreachs"
                    + " OutPktTooBigs OutTimeExcds OutParmProblems OutEchos OutEchoReplies"
                    + " OutGroupMembQueries OutGroupMembResponses OutGroupMembReductions"
                    + " OutRouterSolicits OutRouterAdvertisements OutNeighborSolicits"
                    + " OutNeighborAdvertisements OutRedirects OutMLDv2Reports";

    /** net.ipv4's: TCP_RTO_MIN, TCP_RTO_MAX and their algorithm, as RFC 1213 numbers it. */
    private static final Map<String, Long> TCP_CONSTANTS =
            Map.of("RtoAlgorithm", 1L, "RtoMin", 200L, "RtoMax", 120000L, "MaxConn", -1L);

    private final NetworkStack stack;

    public ProtocolTables(NetworkStack stack) {
        this.stack = stack;
    }

    /** /proc/net/snmp. */
    public String snmp() {
        NetworkCounters counters = stack.counters();
        StringBuilder text = new StringBuilder();
        Map<String, Long> ip = ip(true);
        // Not a router; 2 of RFC 1213, "ipForwarding".
        ip.put("Forwarding", 2L);
        ip.put("DefaultTTL", (long) IpOptions.DEFAULT_HOPS);
        rows(text, "Ip", IP_NAMES, ip);
        NetworkCounters.Icmp icmp = counters.icmp(true);
        rows(
                text,
                "Icmp",
                ICMP_NAMES,
                Map.of(
                        "InMsgs", icmp.received,
                        "InErrors", icmp.errors,
                        "InCsumErrors", icmp.errors,
                        "InEchos", icmp.echos,
                        "InEchoReps", icmp.echoReplies,
                        "OutMsgs", icmp.sent,
                        "OutEchos", icmp.sentEchos,
                        "OutEchoReps", icmp.sentEchoReplies));
        Map<String, Long> tcp = new LinkedHashMap<>(TCP_CONSTANTS);
        tcp.put("ActiveOpens", counters.connects);
        tcp.put("PassiveOpens", counters.accepts);
        tcp.put("AttemptFails", counters.failedConnects);
        tcp.put("CurrEstab", establishedConnections());
        tcp.put("InSegs", counters.segmentsReceived);
        tcp.put("OutSegs", counters.segmentsSent);
        rows(text, "Tcp", TCP_NAMES, tcp);
        rows(text, "Udp", UDP_NAMES, udp(SocketConstants.IPPROTO_UDP, true));
        rows(text, "UdpLite", UDP_NAMES, udp(SocketConstants.IPPROTO_UDPLITE, true));
        return text.toString();
    }

    private long establishedConnections() {
        long count = 0;
        for (Socket socket : stack.sockets()) {
            count += socket instanceof TcpSocket tcp && tcp.stateNumber() == 1 ? 1 : 0;
        }
        return count;
    }

    private Map<String, Long> ip(boolean v4) {
        NetworkCounters.Traffic ip = stack.counters().ip(v4);
        Map<String, Long> values = new LinkedHashMap<>();
        values.put("InReceives", ip.receivedPackets);
        values.put("InDelivers", ip.receivedPackets);
        values.put("OutRequests", ip.sentPackets);
        values.put("InOctets", ip.receivedBytes);
        values.put("OutOctets", ip.sentBytes);
        values.put("InMcastPkts", ip.receivedMulticast);
        values.put("OutMcastPkts", ip.sentMulticast);
        values.put("InNoECTPkts", ip.receivedPackets);
        return values;
    }

    private Map<String, Long> udp(int protocol, boolean v4) {
        NetworkCounters.Udp udp = stack.counters().udp(protocol, v4);
        return Map.of(
                "InDatagrams", udp.received,
                "NoPorts", udp.noPorts,
                "InErrors", udp.overruns,
                "OutDatagrams", udp.sent,
                "RcvbufErrors", udp.overruns);
    }

    /** A row of names and one of values; names without a value have 0. */
    private static void rows(
            StringBuilder text, String title, String names, Map<String, Long> values) {
        text.append(title).append(": ").append(names).append('\n').append(title).append(':');
        for (String name : names.split(" ", -1)) {
            text.append(' ').append(values.getOrDefault(name, 0L));
        }
        text.append('\n');
    }

    /** /proc/net/netstat. */
    public String extensions() {
        StringBuilder text = new StringBuilder();
        rows(text, "TcpExt", TCP_EXTENSION_NAMES, Map.of());
        rows(text, "IpExt", IP_EXTENSION_NAMES, ip(true));
        return text.toString();
    }

    /** /proc/net/snmp6. */
    public String snmp6() {
        NetworkCounters.Icmp icmp = stack.counters().icmp(false);
        StringBuilder text = new StringBuilder();
        lines(text, "Ip6", IP6_NAMES, ip(false));
        lines(
                text,
                "Icmp6",
                ICMP6_NAMES,
                Map.of(
                        "InMsgs", icmp.received,
                        "InErrors", icmp.errors,
                        "InCsumErrors", icmp.errors,
                        "InEchos", icmp.echos,
                        "InEchoReplies", icmp.echoReplies,
                        "OutMsgs", icmp.sent,
                        "OutEchos", icmp.sentEchos,
                        "OutEchoReplies", icmp.sentEchoReplies));
        lines(text, "Udp6", UDP_NAMES, udp(SocketConstants.IPPROTO_UDP, false));
        lines(text, "UdpLite6", UDP_NAMES, udp(SocketConstants.IPPROTO_UDPLITE, false));
        return text.toString();
    }

    private static void lines(
            StringBuilder text, String title, String names, Map<String, Long> values) {
        for (String name : names.split(" ", -1)) {
            long value = values.getOrDefault(name, 0L);
            text.append(String.format(Locale.ROOT, "%-32s\t%d\n", title + name, value));
        }
    }

    /** /proc/net/igmp. */
    public String groups() {
        StringBuilder text =
                new StringBuilder(
                        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n");
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            StringBuilder rows = new StringBuilder();
            int count = 0;
            for (var entry : stack.multicast().newestFirst().entrySet()) {
                InterfaceGroups.Group group = entry.getKey();
                if (group.interfaceIndex() == one.index() && group.address().isV4()) {
                    count++;
                    rows.append(
                            String.format(
                                    Locale.ROOT,
                                    "\t\t\t\t%08X %5d 0:00000000\t\t0\n",
                                    Integer.reverseBytes(group.address().v4Address()),
                                    entry.getValue()));
                }
            }
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%d\t%-10s: %5d %7s\n",
                            one.index(),
                            one.name(),
                            count,
                            "V3"));
            text.append(rows);
        }
        return text.toString();
    }

    /** /proc/net/igmp6. */
    public String groups6() {
        StringBuilder text = new StringBuilder();
        HexFormat hex = HexFormat.of();
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            for (var entry : stack.multicast().newestFirst().entrySet()) {
                InetEndpoint group = entry.getKey().address();
                if (entry.getKey().interfaceIndex() == one.index() && !group.isV4()) {
                    text.append(
                            String.format(
                                    Locale.ROOT,
                                    "%-4d %-15s %s%s %5d %08X 0\n",
                                    one.index(),
                                    one.name(),
                                    hex.toHexDigits(group.high()),
                                    hex.toHexDigits(group.low()),
                                    entry.getValue(),
                                    4));
                }
            }
        }
        return text.toString();
    }

    /** /proc/net/dev_mcast: the hardware's addresses of groups; RFC 1112, 6.4, and RFC 2464, 7. */
    public String hardwareGroups() {
        StringBuilder text = new StringBuilder();
        for (var entry : stack.multicast().newestFirst().entrySet()) {
            InterfaceGroups.Group group = entry.getKey();
            if (group.interfaceIndex() == NetworkStack.ETHERNET_INDEX) {
                long low = group.address().low();
                long address =
                        group.address().isV4()
                                ? 0x01005E000000L | low & 0x7FFFFF
                                : 0x333300000000L | low & 0xFFFFFFFFL;
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%-4d %-15s %-5d %-5d %012x\n",
                                group.interfaceIndex(),
                                "eth0",
                                1,
                                0,
                                address));
            }
        }
        return text.toString();
    }

    /** /proc/net/softnet_stat: packets that each processor took, and what delayed or dropped them. */
    public String packets() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < stack.kernel().config().processors(); i++) {
            // Nothing says which one took a packet.
            long taken = i > 0 ? 0 : received(NetworkStack.LOOPBACK_INDEX);
            text.append(String.format(Locale.ROOT, "%08x", (int) taken));
            text.repeat(" 00000000", 11);
            text.append(String.format(Locale.ROOT, " %08x\n", i));
        }
        return text.toString();
    }

    private long received(int interfaceIndex) {
        return stack.counters().of(interfaceIndex).receivedPackets;
    }

    /** /proc/net/sockstat6. */
    public String socketsV6() {
        int[] counts = new int[4];
        for (Socket socket : stack.sockets()) {
            if (socket instanceof InetSocket inet
                    && inet.family() == SocketConstants.AF_INET6
                    && inet.isBound()) {
                switch (inet.protocol()) {
                    case SocketConstants.IPPROTO_TCP -> counts[0]++;
                    case SocketConstants.IPPROTO_UDP -> counts[1]++;
                    case SocketConstants.IPPROTO_UDPLITE -> counts[2]++;
                    default -> counts[3] += inet instanceof RawSocket ? 1 : 0;
                }
            }
        }
        return String.format(
                Locale.ROOT,
                "TCP6: inuse %d\nUDP6: inuse %d\nUDPLITE6: inuse %d\nRAW6: inuse %d\n"
                        + "FRAG6: inuse 0 memory 0\n",
                Arrays.stream(counts).boxed().toArray());
    }
}
