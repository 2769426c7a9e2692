package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.net.Message;
import dev.littlecloud.kernel.net.Sockaddr;
import dev.littlecloud.kernel.net.Socket;
import dev.littlecloud.kernel.net.SocketConstants;
import dev.littlecloud.kernel.task.Task;

/** Sends and receives through sockets: sendto(2), recvfrom(2), sendmsg(2), recvmsg(2). */
final class MessageCalls {
    private MessageCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                44,
                "sendto",
                "fd,ptr,int,hex,ptr,int",
                (Handler.Call6) MessageCalls::sendto,
                "MSG_OOB does not leave the instance and is EOPNOTSUPP for AF_UNIX; MSG_ZEROCOPY"
                        + " copies; MSG_FASTOPEN is EOPNOTSUPP");
        table.partial(
                45,
                "recvfrom",
                "fd,ptr,int,hex,ptr,ptr",
                (Handler.Call6) MessageCalls::recvfrom,
                "the error queue is empty");
        table.partial(
                46, "sendmsg", "fd,ptr,hex", (Handler.Call3) MessageCalls::sendmsg, "as sendto");
        table.partial(
                47, "recvmsg", "fd,ptr,hex", (Handler.Call3) MessageCalls::recvmsg, "as recvfrom");
    }

    private static long sendto(
            Task task, long fd, long buffer, long length, long flags, long address, long size) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        Message message = socket.stack().message().reset((int) flags);
        if (address != 0) {
            int status = Sockaddr.read(task.memory(), address, (int) size, socket, message);
            if (status < 0) {
                return status;
            }
        }
        UserIo io = task.io().single(buffer, length);
        return transferOut(task, socket, io, message);
    }

    private static long recvfrom(
            Task task, long fd, long buffer, long length, long flags, long address, long size) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        Message message = socket.stack().message().reset((int) flags);
        UserIo io = task.io().single(buffer, length);
        long received = transferIn(task, socket, io, message);
        message.dropAncillary();
        if (received >= 0 && address != 0) {
            long status =
                    Sockaddr.write(
                            task.memory(),
                            address,
                            size,
                            Sockaddr.named(message.address),
                            socket.family());
            if (status != 0) {
                return status;
            }
        }
        return received;
    }

    /** On a stream, what was sent before a bad address counts; a message is sent whole or not. */
    private static long transferOut(Task task, Socket socket, UserIo io, Message message) {
        try {
            return socket.send(task, io, message);
        } catch (GuestFault fault) {
            message.dropAncillary();
            return moved(socket, io, fault);
        }
    }

    private static long transferIn(Task task, Socket socket, UserIo io, Message message) {
        try {
            return socket.receive(task, io, message);
        } catch (GuestFault fault) {
            message.dropAncillary();
            return moved(socket, io, fault);
        }
    }

    private static long moved(Socket socket, UserIo io, GuestFault fault) {
        if (socket.type() == SocketConstants.SOCK_STREAM && io.position() > 0) {
            return io.position();
        }
        throw fault;
    }

    private static long sendmsg(Task task, long fd, long header, long flags) {
        Socket socket = Sockets.find(task, fd);
        return socket == null
                ? Sockets.notFound(task, fd)
                : send(task, socket, header, (int) flags);
    }

    private static long recvmsg(Task task, long fd, long header, long flags) {
        Socket socket = Sockets.find(task, fd);
        return socket == null
                ? Sockets.notFound(task, fd)
                : receive(task, socket, header, (int) flags);
    }

    /** Sends one {@code struct msghdr}. */
    static long send(Task task, Socket socket, long header, int flags) {
        UserMemory memory = task.memory();
        Message message = socket.stack().message().reset(flags);
        long name = memory.readLong(header + MessageHeader.NAME);
        int nameLength = memory.readInt(header + MessageHeader.NAME_LENGTH);
        if (name != 0 && nameLength != 0) {
            int status = Sockaddr.read(memory, name, nameLength, socket, message);
            if (status < 0) {
                return status;
            }
        }
        long count = memory.readLong(header + MessageHeader.RANGE_COUNT);
        if (count < 0 || count > UserIo.MAX_RANGES) {
            return -Errno.EMSGSIZE;
        }
        UserIo io = task.io();
        long status = io.vector(memory.readLong(header + MessageHeader.RANGES), count);
        if (status != 0) {
            return status;
        }
        status =
                ControlMessages.read(
                        task,
                        socket,
                        memory.readLong(header + MessageHeader.CONTROL),
                        memory.readLong(header + MessageHeader.CONTROL_LENGTH),
                        message);
        if (status != 0) {
            return status;
        }
        long sent = transferOut(task, socket, io, message);
        message.dropAncillary();
        return sent;
    }

    /** Receives one {@code struct msghdr}. */
    static long receive(Task task, Socket socket, long header, int flags) {
        UserMemory memory = task.memory();
        Message message = socket.stack().message().reset(flags);
        long count = memory.readLong(header + MessageHeader.RANGE_COUNT);
        if (count < 0 || count > UserIo.MAX_RANGES) {
            return -Errno.EMSGSIZE;
        }
        UserIo io = task.io();
        long status = io.vector(memory.readLong(header + MessageHeader.RANGES), count);
        if (status != 0) {
            return status;
        }
        long name = memory.readLong(header + MessageHeader.NAME);
        int room = memory.readInt(header + MessageHeader.NAME_LENGTH);
        if (name != 0 && room < 0) {
            return -Errno.EINVAL;
        }
        long received = transferIn(task, socket, io, message);
        if (received < 0) {
            message.dropAncillary();
            return received;
        }
        if (name != 0) {
            int written =
                    Sockaddr.put(
                            memory, name, room, Sockaddr.named(message.address), socket.family());
            memory.writeInt(header + MessageHeader.NAME_LENGTH, written);
        }
        long control = memory.readLong(header + MessageHeader.CONTROL);
        long controlRoom = memory.readLong(header + MessageHeader.CONTROL_LENGTH);
        long used = ControlMessages.write(task, socket, control, controlRoom, message);
        memory.writeLong(header + MessageHeader.CONTROL_LENGTH, used);
        // The call's own flag is shown too; ___sys_recvmsg().
        int shown = message.received | (flags & SocketConstants.MSG_CMSG_CLOEXEC);
        memory.writeInt(header + MessageHeader.FLAGS, shown);
        return received;
    }
}
