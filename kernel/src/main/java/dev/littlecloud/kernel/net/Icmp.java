package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.KernelIo;
import java.util.ArrayList;
import java.util.List;

/**
 * ICMP inside an instance: its own addresses, and the gateway's, answer echo requests; RFC 792, RFC
 * 4443. Nothing goes out: the host's ping sockets are not ours to use. Guarded by the instance lock.
 */
final class Icmp {
    static final int ECHO_REPLY = 0;
    static final int ECHO = 8;
    static final int ECHO_V6 = 128;
    static final int ECHO_REPLY_V6 = 129;
    static final int HEADER_BYTES = 8;
    static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;

    private final NetworkStack stack;
    private final PortTable<PingSocket> identifiers;
    private final List<RawSocket> rawSockets = new ArrayList<>();
    private short nextPacket;

    /**
     * @param random where identifiers of ping sockets begin
     */
    Icmp(NetworkStack stack, int random) {
        this.stack = stack;
        this.identifiers = new PortTable<>(false, random);
    }

    /** Which ping socket has which identifier. */
    PortTable<PingSocket> identifiers() {
        return identifiers;
    }

    List<RawSocket> rawSockets() {
        return rawSockets;
    }

    /** Sends a message from a socket: 0 or {@code -errno}. */
    long send(InetDatagramSocket socket, InetEndpoint given, byte[] bytes, Message message) {
        InetEndpoint target = SocketGroups.bare(given.isAny() ? stack.loopbackFor(given) : given);
        boolean v4 = target.isV4();
        if (stack.isBroadcast(target) && !socket.options().broadcast) {
            return -Errno.EACCES;
        }
        int status = way(target);
        if (status != 0) {
            return status;
        }
        InetEndpoint local = SocketGroups.bare(socket.local());
        InetEndpoint source =
                local.isAny() || local.isMulticast() ? stack.sourceFor(target) : local;
        int hops = message.hops >= 0 ? message.hops : socket.ip().hops(target);
        int trafficClass =
                message.trafficClass >= 0 ? message.trafficClass : socket.ip().trafficClass(target);
        boolean ping = socket instanceof PingSocket;
        if (!v4 && bytes.length < 4) {
            return -Errno.EINVAL;
        }
        if (ping || !v4) {
            seal(bytes, source, target);
        }
        NetworkCounters.Icmp counters = stack.counters().icmp(v4);
        counters.sent++;
        int type = bytes.length == 0 ? -1 : bytes[0] & 255;
        counters.sentEchos += type == (v4 ? ECHO : ECHO_V6) ? 1 : 0;
        if (target.isMulticast()) {
            // As net.ipv4.icmp_echo_ignore_broadcasts has it.
            return 0;
        }
        if (!isOwn(target)) {
            answerAsGateway(source, target, bytes);
            return 0;
        }
        PacketInfo told = new PacketInfo(target, 0, hops, trafficClass);
        arrive(source, target, bytes, told);
        return 0;
    }

    /** Whether a message can go to an address at all: 0 or {@code -errno}. */
    private int way(InetEndpoint target) {
        if (isOwn(target) || isGateway(target) || target.isMulticast()) {
            return 0;
        }
        int refusal = stack.host().permits(target);
        // As where a firewall keeps ICMP from going out.
        return refusal != 0 ? -refusal : -Errno.EPERM;
    }

    private boolean isOwn(InetEndpoint target) {
        return stack.isLocal(target);
    }

    private boolean isGateway(InetEndpoint target) {
        NetworkConfig config = stack.config();
        return config.hasInterface() && target.isV4() && target.v4Address() == config.gateway();
    }

    private void answerAsGateway(InetEndpoint source, InetEndpoint gateway, byte[] bytes) {
        stack.counters().sentOut(true, bytes.length + IPV4_HEADER_BYTES);
        if (isSound(bytes, source, gateway) && bytes[0] == ECHO && bytes[1] == 0) {
            stack.counters().cameIn(true, bytes.length + IPV4_HEADER_BYTES);
            hear(gateway, source, reply(bytes, gateway, source), defaults(source));
        }
    }

    private PacketInfo defaults(InetEndpoint destination) {
        return new PacketInfo(destination, 0, IpOptions.DEFAULT_HOPS, 0);
    }

    /** A message came to one of the instance's own addresses. */
    private void arrive(
            InetEndpoint source, InetEndpoint destination, byte[] bytes, PacketInfo told) {
        boolean v4 = destination.isV4();
        int header = v4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
        stack.counters().passed(v4, bytes.length + header);
        hear(source, destination, bytes, told);
        boolean request =
                isSound(bytes, source, destination)
                        && (bytes[0] & 255) == (v4 ? ECHO : ECHO_V6)
                        && bytes[1] == 0;
        if (request) {
            NetworkCounters.Icmp counters = stack.counters().icmp(v4);
            counters.echos++;
            counters.sent++;
            counters.sentEchoReplies++;
            stack.counters().passed(v4, bytes.length + header);
            byte[] answer = reply(bytes, destination, source);
            hear(destination, source, answer, defaults(source));
        }
    }

    private byte[] reply(byte[] request, InetEndpoint from, InetEndpoint to) {
        byte[] answer = request.clone();
        answer[0] = (byte) (from.isV4() ? ECHO_REPLY : ECHO_REPLY_V6);
        seal(answer, from, to);
        return answer;
    }

    private static boolean isSound(byte[] bytes, InetEndpoint source, InetEndpoint destination) {
        return bytes.length >= HEADER_BYTES && checksum(bytes, source, destination) == 0;
    }

    private static int checksum(byte[] bytes, InetEndpoint source, InetEndpoint destination) {
        long before =
                source.isV4()
                        ? 0
                        : InternetChecksum.pseudoHeader(source, destination, bytes.length);
        return InternetChecksum.of(bytes, 0, bytes.length, before);
    }

    private static void seal(byte[] bytes, InetEndpoint source, InetEndpoint destination) {
        bytes[2] = 0;
        bytes[3] = 0;
        int sum = checksum(bytes, source, destination);
        bytes[2] = (byte) (sum >> 8);
        bytes[3] = (byte) sum;
    }

    /** Gives a message to the sockets that want it. */
    private void hear(
            InetEndpoint source, InetEndpoint destination, byte[] bytes, PacketInfo told) {
        boolean v4 = destination.isV4();
        NetworkCounters.Icmp counters = stack.counters().icmp(v4);
        counters.received++;
        giveToRaw(source, destination, bytes, told);
        if (!isSound(bytes, source, destination)) {
            counters.errors++;
            return;
        }
        if ((bytes[0] & 255) == (v4 ? ECHO_REPLY : ECHO_REPLY_V6)) {
            counters.echoReplies++;
            int identifier = (bytes[4] & 255) << 8 | bytes[5] & 255;
            PingSocket waiting = identifiers.owner(destination.withPort(identifier));
            if (waiting != null) {
                waiting.deliver(new KernelIo(bytes), bytes.length, source, told);
            }
        }
    }

    private void giveToRaw(
            InetEndpoint source, InetEndpoint destination, byte[] bytes, PacketInfo told) {
        if (rawSockets.isEmpty() || bytes.length < HEADER_BYTES) {
            return;
        }
        byte[] packet = destination.isV4() ? withHeader(source, destination, bytes, told) : bytes;
        for (RawSocket socket : rawSockets) {
            if (socket.wants(source, destination, bytes[0] & 255)) {
                socket.deliver(new KernelIo(packet), packet.length, source, told);
            }
        }
    }

    /** With the IPv4 header, which raw sockets see, too; RFC 791. */
    private byte[] withHeader(
            InetEndpoint source, InetEndpoint destination, byte[] bytes, PacketInfo told) {
        byte[] packet = new byte[IPV4_HEADER_BYTES + bytes.length];
        packet[0] = 0x45;
        packet[1] = (byte) told.trafficClass();
        putShort(packet, 2, packet.length);
        putShort(packet, 4, nextPacket++);
        packet[8] = (byte) told.hops();
        packet[9] = SocketConstants.IPPROTO_ICMP;
        putInt(packet, 12, source.v4Address());
        putInt(packet, 16, destination.v4Address());
        putShort(packet, 10, InternetChecksum.of(packet, 0, IPV4_HEADER_BYTES, 0));
        System.arraycopy(bytes, 0, packet, IPV4_HEADER_BYTES, bytes.length);
        return packet;
    }

    private static void putShort(byte[] target, int offset, int value) {
        target[offset] = (byte) (value >> 8);
        target[offset + 1] = (byte) value;
    }

    private static void putInt(byte[] target, int offset, int value) {
        putShort(target, offset, value >>> 16);
        putShort(target, offset + 2, value);
    }
}
