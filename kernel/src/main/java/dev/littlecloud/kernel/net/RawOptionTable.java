package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;

/** Options of raw sockets for ICMP: raw(7), "ICMP_FILTER"; RFC 3542, 3.2. */
final class RawOptionTable {
    /** ICMP_FILTER of SOL_RAW, and ICMPV6_FILTER of IPPROTO_ICMPV6. */
    private static final int FILTER = 1;

    private static final int IPV6_CHECKSUM = 7;

    /** Where the checksum of ICMPv6 is. */
    private static final int CHECKSUM_AT = 2;

    private RawOptionTable() {}

    /** Sets an option: 0 or {@code -errno}. */
    static long set(
            RawSocket socket, UserMemory memory, int level, int name, long address, int size) {
        boolean raw = level == SocketConstants.SOL_RAW;
        if (raw && !socket.isV4() && name == IPV6_CHECKSUM) {
            if (size < 4) {
                return -Errno.EINVAL;
            }
            return memory.readInt(address) == CHECKSUM_AT ? 0 : -Errno.EINVAL;
        }
        if (name != FILTER || raw != socket.isV4()) {
            return -Errno.ENOPROTOOPT;
        }
        int[] types = socket.blockedTypes();
        for (int i = 0; i < types.length && i * 4 + 4 <= size; i++) {
            types[i] = memory.readInt(address + 4L * i);
        }
        return 0;
    }

    /** Bytes written, or a failure. */
    static long get(
            RawSocket socket, UserMemory memory, int level, int name, long address, int room) {
        boolean raw = level == SocketConstants.SOL_RAW;
        if (raw && !socket.isV4() && name == IPV6_CHECKSUM) {
            return OptionBytes.write(memory, address, room, CHECKSUM_AT);
        }
        return name == FILTER && raw == socket.isV4()
                ? OptionBytes.write(memory, address, room, socket.blockedTypes())
                : OptionAnswer.failed(Errno.ENOPROTOOPT);
    }
}
