package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.net.InetEndpoint;
import dev.littlecloud.kernel.net.InetSocket;
import dev.littlecloud.kernel.net.Message;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.net.PacketInfo;
import dev.littlecloud.kernel.net.SocketConstants;

/** Control messages about datagrams: destination, hop limit, traffic class; ip(7), ipv6(7). */
final class PacketMessages {
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_HOPLIMIT = 52;
    private static final int IPV6_TCLASS = 67;

    private PacketMessages() {}

    /** Reads what a sender wants for one datagram: 0 or {@code -errno}. */
    static long read(
            UserMemory memory, int level, int type, long data, int bytes, Message message) {
        boolean v4 = level == SocketConstants.IPPROTO_IP;
        boolean v6 = level == SocketConstants.IPPROTO_IPV6;
        if ((v4 && type == IP_TTL) || (v6 && type == IPV6_HOPLIMIT)) {
            int hops = bytes < 4 ? -1 : memory.readInt(data);
            if (hops < (v4 ? 1 : -1) || hops > 255) {
                return -Errno.EINVAL;
            }
            message.hops = hops;
        } else if ((v4 && type == IP_TOS) || (v6 && type == IPV6_TCLASS)) {
            int value = bytes >= 4 ? memory.readInt(data) : memory.readByte(data) & 255;
            if (value < -1 || value > 255) {
                return -Errno.EINVAL;
            }
            message.trafficClass = value;
        }
        return 0;
    }

    /** Writes what a receiver asked for: bytes used. */
    static long write(
            UserMemory memory, long address, long room, InetSocket socket, Message message) {
        PacketInfo packet = message.packet;
        if (packet == null) {
            return 0;
        }
        boolean v6 = socket.family() == SocketConstants.AF_INET6;
        int level = v6 ? SocketConstants.IPPROTO_IPV6 : SocketConstants.IPPROTO_IP;
        long used = destination(memory, address, room, socket, packet, message);
        if (socket.ip().showsHops()) {
            int type = v6 ? IPV6_HOPLIMIT : IP_TTL;
            byte[] hops = ControlMessages.ints(packet.hops());
            used +=
                    ControlMessages.put(
                            memory, address + used, room - used, level, type, message, hops);
        }
        if (socket.ip().showsTrafficClass()) {
            int type = v6 ? IPV6_TCLASS : IP_TOS;
            byte[] value =
                    v6
                            ? ControlMessages.ints(packet.trafficClass())
                            : new byte[] {(byte) packet.trafficClass()};
            used +=
                    ControlMessages.put(
                            memory, address + used, room - used, level, type, message, value);
        }
        return used;
    }

    private static long destination(
            UserMemory memory,
            long address,
            long room,
            InetSocket socket,
            PacketInfo packet,
            Message message) {
        InetEndpoint destination = packet.destination();
        if (destination == null) {
            return 0;
        }
        int index = packet.interfaceIndex();
        if (index == 0) {
            index =
                    destination.isLoopback()
                            ? NetworkStack.LOOPBACK_INDEX
                            : NetworkStack.ETHERNET_INDEX;
        }
        if (socket.ip().showsPacketInfo() && destination.isV4()) {
            int shown = Integer.reverseBytes(destination.v4Address());
            InetEndpoint own =
                    destination.isMulticast()
                            ? socket.stack().addressOf(index, destination)
                            : destination;
            return ControlMessages.put(
                    memory,
                    address,
                    room,
                    SocketConstants.IPPROTO_IP,
                    IP_PKTINFO,
                    message,
                    ControlMessages.ints(index, Integer.reverseBytes(own.v4Address()), shown));
        }
        if (!socket.ip().showsPacketInfoV6()) {
            return 0;
        }
        byte[] data = new byte[20];
        for (int i = 0; i < 8; i++) {
            data[i] = (byte) (destination.high() >>> (56 - 8 * i));
            data[8 + i] = (byte) (destination.low() >>> (56 - 8 * i));
        }
        data[16] = (byte) index;
        return ControlMessages.put(
                memory, address, room, SocketConstants.IPPROTO_IPV6, IPV6_PKTINFO, message, data);
    }
}
