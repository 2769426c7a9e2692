package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** SOL_SOCKET; socket(7). */
final class GeneralOptions {
    private static final int SO_DEBUG = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_TYPE = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_DONTROUTE = 5;
    private static final int SO_BROADCAST = 6;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_OOBINLINE = 10;
    private static final int SO_PRIORITY = 12;
    private static final int SO_LINGER = 13;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_PASSCRED = 16;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVLOWAT = 18;
    private static final int SO_SNDLOWAT = 19;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int SO_TIMESTAMP = 29;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MARK = 36;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int SO_INCOMING_CPU = 49;
    private static final int SO_RCVTIMEO_NEW = 66;
    private static final int SO_SNDTIMEO_NEW = 67;

    private GeneralOptions() {}

    static long get(Socket socket, int name) {
        SocketOptions options = socket.options();
        return switch (name) {
            case SO_DEBUG, SO_MARK -> 0;
            case SO_REUSEADDR -> OptionAnswer.of(options.reuseAddress);
            case SO_TYPE -> socket.type();
            case SO_ERROR -> socket.takeError();
            case SO_DONTROUTE -> OptionAnswer.of(options.dontRoute);
            case SO_BROADCAST -> OptionAnswer.of(options.broadcast);
            case SO_SNDBUF -> options.sendBuffer;
            case SO_RCVBUF -> options.receiveBuffer;
            case SO_KEEPALIVE -> OptionAnswer.of(options.keepAlive);
            case SO_OOBINLINE -> OptionAnswer.of(options.oobInline);
            case SO_PRIORITY -> options.priority;
            case SO_REUSEPORT -> OptionAnswer.of(options.reusePort);
            case SO_PASSCRED -> OptionAnswer.of(options.passCredentials);
            case SO_RCVLOWAT -> options.lowWater;
            case SO_SNDLOWAT -> 1;
            case SO_TIMESTAMP -> OptionAnswer.of(options.timestamp);
            case SO_ACCEPTCONN -> OptionAnswer.of(socket.isListening());
            case SO_PROTOCOL -> socket.protocol();
            case SO_DOMAIN -> socket.family();
            case SO_INCOMING_CPU -> 0;
            default -> OptionAnswer.failed(Errno.ENOPROTOOPT);
        };
    }

    /** Options that are no int: bytes written, or a failure; -1 where the option is an int. */
    static long getStructure(Socket socket, UserMemory memory, int name, long address, int room) {
        SocketOptions options = socket.options();
        switch (name) {
            case SO_LINGER -> {
                return OptionBytes.write(
                        memory, address, room, options.lingers ? 1 : 0, options.lingerSeconds);
            }
            case SO_RCVTIMEO, SO_RCVTIMEO_NEW -> {
                return time(memory, address, room, options.receiveTimeoutNanos);
            }
            case SO_SNDTIMEO, SO_SNDTIMEO_NEW -> {
                return time(memory, address, room, options.sendTimeoutNanos);
            }
            case SO_PEERCRED -> {
                PeerCredentials peer =
                        socket instanceof UnixSocket unix
                                ? unix.peerCredentials()
                                : PeerCredentials.NOBODY;
                return OptionBytes.write(memory, address, room, peer.pid(), peer.uid(), peer.gid());
            }
            default -> {
                return -1;
            }
        }
    }

    private static long time(UserMemory memory, long address, int room, long nanos) {
        long shown = Math.max(nanos, 0);
        if (room < 16) {
            return OptionAnswer.failed(Errno.EINVAL);
        }
        memory.writeLong(address, shown / 1_000_000_000);
        memory.writeLong(address + 8, shown / 1000 % 1_000_000);
        return 16;
    }

    /** Sets an option: 0 or {@code -errno}. */
    static long set(Task task, Socket socket, int name, long address, int length) {
        UserMemory memory = task.memory();
        SocketOptions options = socket.options();
        switch (name) {
            case SO_RCVTIMEO, SO_RCVTIMEO_NEW, SO_SNDTIMEO, SO_SNDTIMEO_NEW -> {
                return setTime(memory, options, name, address, length);
            }
            case SO_LINGER -> {
                if (length < 8) {
                    return -Errno.EINVAL;
                }
                options.lingers = memory.readInt(address) != 0;
                options.lingerSeconds = memory.readInt(address + 4);
                return 0;
            }
            default -> {
                if (length < 4) {
                    return -Errno.EINVAL;
                }
                long status = setInt(task, socket, name, memory.readInt(address));
                if (status == 0) {
                    socket.optionsChanged();
                }
                return status;
            }
        }
    }

    private static long setInt(Task task, Socket socket, int name, int value) {
        SocketOptions options = socket.options();
        boolean on = value != 0;
        switch (name) {
            case SO_REUSEADDR -> options.reuseAddress = on;
            case SO_DONTROUTE -> options.dontRoute = on;
            case SO_BROADCAST -> options.broadcast = on;
            case SO_SNDBUF -> options.sendBuffer(value);
            case SO_RCVBUF -> options.receiveBuffer(value);
            case SO_KEEPALIVE -> options.keepAlive = on;
            case SO_OOBINLINE -> options.oobInline = on;
            case SO_TIMESTAMP -> options.timestamp = on;
            case SO_INCOMING_CPU -> {
                return 0;
            }
            case SO_REUSEPORT -> {
                if (socket.family() == SocketConstants.AF_UNIX) {
                    return -Errno.EOPNOTSUPP;
                }
                options.reusePort = on;
            }
            case SO_PASSCRED -> {
                if (socket.family() != SocketConstants.AF_UNIX) {
                    return -Errno.EOPNOTSUPP;
                }
                options.passCredentials = on;
            }
            case SO_RCVLOWAT -> options.lowWater = value <= 0 ? 1 : value;
            case SO_PRIORITY -> {
                if ((value < 0 || value > 6) && !isAdministrator(task)) {
                    return -Errno.EPERM;
                }
                options.priority = value;
            }
            case SO_DEBUG, SO_MARK, SO_SNDBUFFORCE, SO_RCVBUFFORCE -> {
                return on || name > SO_DEBUG ? refuse(name) : 0;
            }
            case SO_TYPE, SO_ERROR, SO_PROTOCOL, SO_DOMAIN, SO_ACCEPTCONN, SO_SNDLOWAT -> {
                return -Errno.ENOPROTOOPT;
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    /** Needs CAP_NET_ADMIN, which nobody inside has; SO_DEBUG answers EACCES. */
    private static long refuse(int name) {
        return name == SO_DEBUG ? -Errno.EACCES : -Errno.EPERM;
    }

    private static boolean isAdministrator(Task task) {
        return task.credentials().has(Credentials.CAP_SYS_ADMIN);
    }

    private static long setTime(
            UserMemory memory, SocketOptions options, int name, long address, int length) {
        if (length < 16) {
            return -Errno.EINVAL;
        }
        long seconds = memory.readLong(address);
        long micros = memory.readLong(address + 8);
        if (micros < 0 || micros >= 1_000_000) {
            return -Errno.EDOM;
        }
        long nanos;
        if (seconds < 0) {
            // Linux waits not at all; sock_set_timeout().
            nanos = 0;
        } else if (seconds == 0 && micros == 0) {
            nanos = SocketOptions.NEVER;
        } else if (seconds > Long.MAX_VALUE / 2_000_000_000L) {
            nanos = SocketOptions.NEVER;
        } else {
            nanos = seconds * 1_000_000_000 + micros * 1000;
        }
        if (name == SO_RCVTIMEO || name == SO_RCVTIMEO_NEW) {
            options.receiveTimeoutNanos = nanos;
        } else {
            options.sendTimeoutNanos = nanos;
        }
        return 0;
    }
}
