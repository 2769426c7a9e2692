package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import java.nio.charset.StandardCharsets;

/** IPPROTO_TCP; tcp(7). */
final class TcpOptionTable {
    private static final int TCP_NODELAY = 1;
    private static final int TCP_MAXSEG = 2;
    private static final int TCP_CORK = 3;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_SYNCNT = 7;
    private static final int TCP_LINGER2 = 8;
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int TCP_WINDOW_CLAMP = 10;
    private static final int TCP_INFO = 11;
    private static final int TCP_QUICKACK = 12;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int TCP_FASTOPEN = 23;
    private static final int TCP_FASTOPEN_CONNECT = 30;
    private static final int TCP_NOTSENT_LOWAT = 25;

    /** sizeof(struct tcp_info) in Linux 6.1. */
    private static final int INFO_BYTES = 240;

    private static final int LOOPBACK_SEGMENT = 32741;

    private TcpOptionTable() {}

    static long get(TcpSocket socket, int name) {
        TcpOptions tcp = socket.tcp();
        return switch (name) {
            case TCP_NODELAY -> OptionAnswer.of(tcp.noDelay);
            case TCP_MAXSEG -> socket.peerAddress() == null ? 536 : LOOPBACK_SEGMENT;
            case TCP_CORK -> OptionAnswer.of(tcp.cork);
            case TCP_KEEPIDLE -> tcp.keepIdleSeconds;
            case TCP_KEEPINTVL -> tcp.keepIntervalSeconds;
            case TCP_KEEPCNT -> tcp.keepCount;
            case TCP_SYNCNT -> tcp.synCount;
            case TCP_LINGER2 -> tcp.linger2Seconds;
            case TCP_DEFER_ACCEPT -> tcp.deferAcceptSeconds;
            case TCP_WINDOW_CLAMP -> tcp.windowClamp;
            case TCP_QUICKACK -> OptionAnswer.of(tcp.quickAck);
            case TCP_USER_TIMEOUT -> tcp.userTimeoutMillis;
            case TCP_FASTOPEN -> tcp.fastOpenQueue;
            case TCP_FASTOPEN_CONNECT -> 0;
            case TCP_NOTSENT_LOWAT -> tcp.notSentLowWater;
            default -> OptionAnswer.failed(Errno.ENOPROTOOPT);
        };
    }

    /** Options that are no int: bytes written, or -1. */
    static long getStructure(
            TcpSocket socket, UserMemory memory, int name, long address, int room) {
        if (name == TCP_CONGESTION) {
            byte[] text = "cubic\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
            int length = Math.min(room, text.length);
            memory.write(address, text, 0, length);
            return length;
        }
        if (name == TCP_INFO) {
            return info(socket, memory, address, room);
        }
        return -1;
    }

    /** {@code struct tcp_info} of a path without loss or delay. */
    private static long info(TcpSocket socket, UserMemory memory, long address, int room) {
        byte[] info = new byte[INFO_BYTES];
        info[0] = (byte) socket.stateNumber();
        if (socket.isListening()) {
            put(info, 24, socket.queuedConnections());
            put(info, 28, socket.backlog());
        } else {
            info[5] = 7; // timestamps, sack, window scaling
            info[6] = 0x77;
            put(info, 8, 201_000); // rto, microseconds
            put(info, 12, 40_000);
            put(info, 16, LOOPBACK_SEGMENT);
            put(info, 20, LOOPBACK_SEGMENT);
            put(info, 60, 65535); // pmtu
            put(info, 68, 30); // rtt
            put(info, 72, 15);
            put(info, 76, Integer.MAX_VALUE);
            put(info, 80, 10); // congestion window
            put(info, 84, LOOPBACK_SEGMENT);
            put(info, 88, 3);
        }
        int length = Math.min(room, INFO_BYTES);
        memory.write(address, info, 0, length);
        return length;
    }

    private static void put(byte[] target, int offset, int value) {
        for (int i = 0; i < 4; i++) {
            target[offset + i] = (byte) (value >>> (8 * i));
        }
    }

    static long set(TcpSocket socket, UserMemory memory, int name, long address, int length) {
        if (name == TCP_CONGESTION) {
            byte[] text = new byte[Math.clamp(length, 0, 15)];
            memory.read(address, text, 0, text.length);
            String wanted = new String(text, StandardCharsets.ISO_8859_1).replace("\0", "");
            boolean known = wanted.equals("cubic") || wanted.equals("reno");
            return known ? 0 : -Errno.ENOENT;
        }
        return length < 4 ? -Errno.EINVAL : setInt(socket, name, memory.readInt(address));
    }

    private static long setInt(TcpSocket socket, int name, int value) {
        TcpOptions tcp = socket.tcp();
        switch (name) {
            case TCP_NODELAY -> tcp.noDelay = value != 0;
            case TCP_CORK -> tcp.cork = value != 0;
            case TCP_QUICKACK -> tcp.quickAck = (value & 1) != 0;
            case TCP_MAXSEG -> {
                if (value != 0 && (value < 88 || value > 32767)) {
                    return -Errno.EINVAL;
                }
                tcp.maxSegment = value;
            }
            case TCP_KEEPIDLE -> {
                if (value < 1 || value > 32767) {
                    return -Errno.EINVAL;
                }
                tcp.keepIdleSeconds = value;
            }
            case TCP_KEEPINTVL -> {
                if (value < 1 || value > 32767) {
                    return -Errno.EINVAL;
                }
                tcp.keepIntervalSeconds = value;
            }
            case TCP_KEEPCNT -> {
                if (value < 1 || value > 127) {
                    return -Errno.EINVAL;
                }
                tcp.keepCount = value;
            }
            case TCP_SYNCNT -> {
                if (value < 1 || value > 127) {
                    return -Errno.EINVAL;
                }
                tcp.synCount = value;
            }
            case TCP_LINGER2 -> tcp.linger2Seconds = value;
            case TCP_DEFER_ACCEPT -> tcp.deferAcceptSeconds = Math.max(value, 0);
            case TCP_WINDOW_CLAMP -> tcp.windowClamp = value;
            case TCP_USER_TIMEOUT -> {
                if (value < 0) {
                    return -Errno.EINVAL;
                }
                tcp.userTimeoutMillis = value;
            }
            case TCP_FASTOPEN -> {
                if (value < 0) {
                    return -Errno.EINVAL;
                }
                tcp.fastOpenQueue = value;
            }
            case TCP_FASTOPEN_CONNECT -> {
                // As with the client's bit of net.ipv4.tcp_fastopen off.
                return value < 0 || value > 1 ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
            }
            case TCP_NOTSENT_LOWAT -> tcp.notSentLowWater = value;
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }
}
