package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.net.Message;
import dev.littlecloud.kernel.net.OptionTables;
import dev.littlecloud.kernel.net.Sockaddr;
import dev.littlecloud.kernel.net.Socket;
import dev.littlecloud.kernel.net.SocketAddress;
import dev.littlecloud.kernel.net.SocketConstants;
import dev.littlecloud.kernel.net.SocketResult;
import dev.littlecloud.kernel.net.UnixSocket;
import dev.littlecloud.kernel.task.Task;

/** Makes, names and connects sockets: socket(2) and those that follow it. */
final class SocketCalls {
    private static final int CREATE_FLAGS =
            SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;

    private SocketCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                41,
                "socket",
                "int,hex,int",
                (Handler.Call3) SocketCalls::socket,
                "AF_INET, AF_INET6 (TCP, UDP), AF_UNIX, NETLINK_ROUTE; NETLINK_SOCK_DIAG knows of no"
                        + " sockets and NETLINK_KOBJECT_UEVENT has no events; ping sockets, and raw"
                        + " ones for ICMP and ICMPv6, reach the instance's own addresses and the"
                        + " gateway, and get EPERM beyond; other raw ones and packet sockets are"
                        + " refused as without privileges");
        table.full(42, "connect", "fd,ptr,int", (Handler.Call3) SocketCalls::connect);
        table.full(43, "accept", "fd,ptr,ptr", (Handler.Call3) SocketCalls::accept);
        table.full(48, "shutdown", "fd,int", (Handler.Call2) SocketCalls::shutdown);
        table.full(49, "bind", "fd,ptr,int", (Handler.Call3) SocketCalls::bind);
        table.full(50, "listen", "fd,int", (Handler.Call2) SocketCalls::listen);
        table.full(51, "getsockname", "fd,ptr,ptr", (Handler.Call3) SocketCalls::getsockname);
        table.full(52, "getpeername", "fd,ptr,ptr", (Handler.Call3) SocketCalls::getpeername);
        table.full(53, "socketpair", "int,hex,int,ptr", (Handler.Call4) SocketCalls::socketpair);
        table.partial(
                54,
                "setsockopt",
                "fd,int,int,ptr,int",
                (Handler.Call5) SocketCalls::setsockopt,
                "filters, time stamps of packets, SO_BINDTODEVICE, lists of multicast sources"
                        + " (IP_MSFILTER) and peek offsets are missing");
        table.partial(
                55,
                "getsockopt",
                "fd,int,int,ptr,ptr",
                (Handler.Call5) SocketCalls::getsockopt,
                "as setsockopt");
        table.full(288, "accept4", "fd,ptr,ptr,hex", (Handler.Call4) SocketCalls::accept4);
    }

    private static long socket(Task task, long family, long typeAndFlags, long protocol) {
        int flags = (int) typeAndFlags & ~SocketConstants.SOCK_TYPE_MASK;
        int type = (int) typeAndFlags & SocketConstants.SOCK_TYPE_MASK;
        if ((flags & ~CREATE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        SocketResult made = Sockets.stack(task).socket(task, (int) family, type, (int) protocol);
        Socket socket = made.socket();
        return socket == null ? -made.errno() : Sockets.install(task, socket, flags);
    }

    private static long socketpair(
            Task task, long family, long typeAndFlags, long protocol, long result) {
        int flags = (int) typeAndFlags & ~SocketConstants.SOCK_TYPE_MASK;
        int type = (int) typeAndFlags & SocketConstants.SOCK_TYPE_MASK;
        if ((flags & ~CREATE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        if (memory.accessible(result, 8, true) < 8) {
            return -Errno.EFAULT;
        }
        SocketResult made = Sockets.stack(task).socket(task, (int) family, type, (int) protocol);
        Socket one = made.socket();
        if (one == null) {
            return -made.errno();
        }
        if (!(one instanceof UnixSocket first)) {
            one.release();
            return -Errno.EOPNOTSUPP;
        }
        SocketResult second = Sockets.stack(task).socket(task, (int) family, type, (int) protocol);
        if (!(second.socket() instanceof UnixSocket other)) {
            one.release();
            return -second.errno();
        }
        first.pair(task, other);
        long fd = Sockets.install(task, first, flags);
        if (fd < 0) {
            other.release();
            return fd;
        }
        long otherFd = Sockets.install(task, other, flags);
        if (otherFd < 0) {
            task.files().close((int) fd);
            return otherFd;
        }
        memory.writeInt(result, (int) fd);
        memory.writeInt(result + 4, (int) otherFd);
        return 0;
    }

    private static long bind(Task task, long fd, long address, long length) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        Message message = socket.stack().message().reset(0);
        int status = Sockaddr.read(task.memory(), address, (int) length, socket, message);
        SocketAddress wanted = message.address;
        if (status < 0) {
            return status;
        }
        // ip(7): AF_UNSPEC with INADDR_ANY is taken as AF_INET.
        if (wanted == null || (status == Sockaddr.UNSPECIFIED && !Sockaddr.isAny(wanted))) {
            return -Errno.EAFNOSUPPORT;
        }
        return socket.bind(task, wanted);
    }

    private static long connect(Task task, long fd, long address, long length) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        Message message = socket.stack().message().reset(0);
        int status = Sockaddr.read(task.memory(), address, (int) length, socket, message);
        if (status < 0) {
            return status;
        }
        return socket.connect(task, status == Sockaddr.UNSPECIFIED ? null : message.address);
    }

    private static long listen(Task task, long fd, long backlog) {
        Socket socket = Sockets.find(task, fd);
        return socket == null ? Sockets.notFound(task, fd) : socket.listen(task, (int) backlog);
    }

    private static long accept(Task task, long fd, long address, long length) {
        return accept4(task, fd, address, length, 0);
    }

    private static long accept4(Task task, long fd, long address, long length, long flags) {
        if ((flags & ~CREATE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        Socket listener = Sockets.find(task, fd);
        if (listener == null) {
            return Sockets.notFound(task, fd);
        }
        UserMemory memory = task.memory();
        long ready = listener.accept(task);
        if (ready != 0) {
            return ready;
        }
        int room = 0;
        if (address != 0) {
            room = memory.readInt(length);
            if (room < 0) {
                return -Errno.EINVAL;
            }
            if (memory.accessible(length, 4, true) < 4) {
                return -Errno.EFAULT;
            }
        }
        // The listener holds the descriptor's place, so that EMFILE loses no connection.
        listener.retain();
        boolean cloexec = (flags & SocketConstants.SOCK_CLOEXEC) != 0;
        long accepted = Descriptors.install(task, listener, cloexec);
        if (accepted < 0) {
            return accepted;
        }
        Socket connection = listener.takeAccepted();
        Sockets.applyNonblocking(connection, flags);
        task.files().replace((int) accepted, connection, cloexec);
        if (address != 0) {
            SocketAddress peer = connection.peerAddress();
            memory.writeInt(length, Sockaddr.put(memory, address, room, peer, connection.family()));
        }
        return accepted;
    }

    private static long shutdown(Task task, long fd, long how) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        int direction = (int) how;
        return direction < SocketConstants.SHUT_RD || direction > SocketConstants.SHUT_RDWR
                ? -Errno.EINVAL
                : socket.shutdown(direction);
    }

    private static long getsockname(Task task, long fd, long address, long length) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        return Sockaddr.write(
                task.memory(), address, length, socket.localAddress(), socket.family());
    }

    private static long getpeername(Task task, long fd, long address, long length) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        SocketAddress peer = socket.peerAddress();
        return peer == null
                ? -Errno.ENOTCONN
                : Sockaddr.write(task.memory(), address, length, peer, socket.family());
    }

    private static long setsockopt(
            Task task, long fd, long level, long name, long value, long length) {
        Socket socket = Sockets.find(task, fd);
        return socket == null
                ? Sockets.notFound(task, fd)
                : OptionTables.set(task, socket, (int) level, (int) name, value, (int) length);
    }

    private static long getsockopt(
            Task task, long fd, long level, long name, long value, long length) {
        Socket socket = Sockets.find(task, fd);
        return socket == null
                ? Sockets.notFound(task, fd)
                : OptionTables.get(task, socket, (int) level, (int) name, value, length);
    }
}
