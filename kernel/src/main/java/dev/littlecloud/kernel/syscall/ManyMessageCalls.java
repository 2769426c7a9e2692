package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.net.Socket;
import dev.littlecloud.kernel.net.SocketConstants;
import dev.littlecloud.kernel.task.Task;

/** Several messages in one call: sendmmsg(2), recvmmsg(2). */
final class ManyMessageCalls {
    private static final int MAX_MESSAGES = 1024;

    private ManyMessageCalls() {}

    static void register(SyscallTable table) {
        table.full(307, "sendmmsg", "fd,ptr,int,hex", (Handler.Call4) ManyMessageCalls::sendmmsg);
        table.full(
                299, "recvmmsg", "fd,ptr,int,hex,ptr", (Handler.Call5) ManyMessageCalls::recvmmsg);
    }

    private static long sendmmsg(Task task, long fd, long headers, long count, long flags) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        int messages = Math.clamp(count & 0xFFFF_FFFFL, 0, MAX_MESSAGES);
        int done = resume(task, socket);
        while (done < messages) {
            long header = headers + (long) done * MessageHeader.BYTES_IN_ARRAY;
            long sent = MessageCalls.send(task, socket, header, (int) flags);
            if (sent == Task.BLOCK) {
                return pause(task, socket, done);
            }
            if (sent < 0) {
                return done > 0 ? done : sent;
            }
            task.memory().writeInt(header + MessageHeader.TRANSFERRED, (int) sent);
            done++;
        }
        return done;
    }

    private static long recvmmsg(
            Task task, long fd, long headers, long count, long flags, long timeout) {
        Socket socket = Sockets.find(task, fd);
        if (socket == null) {
            return Sockets.notFound(task, fd);
        }
        if (timeout != 0) {
            long status = deadline(task, timeout);
            if (status != 0) {
                return status;
            }
        }
        int messages = Math.clamp(count & 0xFFFF_FFFFL, 0, MAX_MESSAGES);
        int call = (int) flags & ~SocketConstants.MSG_WAITFORONE;
        boolean waitForOne = (flags & SocketConstants.MSG_WAITFORONE) != 0;
        int done = resume(task, socket);
        while (done < messages) {
            long header = headers + (long) done * MessageHeader.BYTES_IN_ARRAY;
            int how = waitForOne && done > 0 ? call | SocketConstants.MSG_DONTWAIT : call;
            long received = MessageCalls.receive(task, socket, header, how);
            if (received == Task.BLOCK) {
                return pause(task, socket, done);
            }
            if (received < 0) {
                return done > 0 ? done : received;
            }
            task.memory().writeInt(header + MessageHeader.TRANSFERRED, (int) received);
            done++;
            if (timeout != 0 && task.isDeadlinePassed()) {
                break;
            }
        }
        return done;
    }

    private static long deadline(Task task, long timeout) {
        UserMemory memory = task.memory();
        long nanos = TimeValues.readTimespec(memory, timeout);
        if (nanos < 0) {
            return -Errno.EINVAL;
        }
        task.deadlineIn(nanos);
        return 0;
    }

    /** Messages that earlier runs of this call moved. A stream keeps bytes there instead. */
    private static int resume(Task task, Socket socket) {
        return socket.type() == SocketConstants.SOCK_STREAM ? 0 : (int) task.progress();
    }

    private static long pause(Task task, Socket socket, int done) {
        if (socket.type() == SocketConstants.SOCK_STREAM) {
            return done > 0 ? done : Task.BLOCK;
        }
        task.progress(done);
        return Task.BLOCK;
    }
}
