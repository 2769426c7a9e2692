package dev.littlecloud.kernel.net;

/** Options of ip(7) and ipv6(7). */
public final class IpOptions {
    static final int DEFAULT_HOPS = 64;

    /** IPV6_V6ONLY: IPv4 does not come in on an IPv6 socket. */
    boolean onlyV6;

    /** IP_PKTINFO, IPV6_RECVPKTINFO: received datagrams tell where they were sent to. */
    boolean packetInfo;

    boolean packetInfoV6;
    boolean receiveErrors;
    boolean receiveErrorsV6;
    boolean receiveTtl;
    boolean receiveTos;
    boolean receiveOptions;
    boolean freeBind;
    boolean bindAddressNoPort;
    boolean multicastLoop = true;

    /** IP_MULTICAST_ALL: what comes for groups that other sockets joined is heard, too. */
    boolean multicastAll = true;

    boolean multicastAllV6 = true;

    /** The index that IP_MULTICAST_IF chose, or 0, and the address that it was chosen by. */
    int multicastInterface;

    int multicastAddress;

    /** The index that IPV6_MULTICAST_IF chose, or 0. */
    int multicastInterfaceV6;

    int typeOfService;
    int trafficClass;
    int timeToLive = DEFAULT_HOPS;
    int unicastHops = -1;
    int multicastTtl = 1;
    int multicastHops = 1;
    int pathMtuDiscovery = 1;

    boolean wantsPacketInfo() {
        return packetInfo || packetInfoV6 || receiveTtl || receiveTos;
    }

    int hops(InetEndpoint destination) {
        if (destination.isV4()) {
            return timeToLive;
        }
        return unicastHops < 0 ? DEFAULT_HOPS : unicastHops;
    }

    int trafficClass(InetEndpoint destination) {
        return destination.isV4() ? typeOfService : trafficClass;
    }

    public boolean showsHops() {
        return receiveTtl;
    }

    public boolean showsTrafficClass() {
        return receiveTos;
    }

    public boolean showsPacketInfo() {
        return packetInfo;
    }

    public boolean showsPacketInfoV6() {
        return packetInfoV6;
    }

    void inherit(IpOptions listener) {
        onlyV6 = listener.onlyV6;
        typeOfService = listener.typeOfService;
        trafficClass = listener.trafficClass;
        timeToLive = listener.timeToLive;
        unicastHops = listener.unicastHops;
    }
}
