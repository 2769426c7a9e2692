package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;

/** How send(2) and recv(2) on TCP wait and add up. */
final class StreamTransfer {
    private StreamTransfer() {}

    /** Sends all of {@code source}, as a blocking socket does, or what there is room for. */
    static long send(
            TcpSocket socket,
            Task task,
            StreamTransport carrier,
            IoBuffer source,
            Message message) {
        long done = resume(task, source);
        boolean urgent = message.has(SocketConstants.MSG_OOB);
        while (true) {
            long sent = urgent ? carrier.sendUrgent(source) : carrier.send(source);
            if (sent >= 0) {
                done += sent;
                if (source.remaining() == 0) {
                    return done;
                }
            } else if (sent != -Errno.EAGAIN) {
                if (done > 0) {
                    return done;
                }
                return sent == -Errno.EPIPE ? Socket.brokenPipe(task, message) : sent;
            } else {
                return pause(
                        task,
                        source,
                        done,
                        socket.waitToSend(task, PollEvents.WRITABLE, message.flags));
            }
        }
    }

    /** Receives what is there, or with MSG_WAITALL as much as was asked for. */
    static long receive(
            TcpSocket socket,
            Task task,
            StreamTransport carrier,
            IoBuffer target,
            Message message) {
        boolean peek = message.has(SocketConstants.MSG_PEEK);
        boolean all = message.has(SocketConstants.MSG_WAITALL);
        boolean discard = message.has(SocketConstants.MSG_TRUNC) && !peek;
        long done = peek || discard ? 0 : resume(task, target);
        long wanted = target.remaining();
        if (wanted == 0 && done == 0) {
            return 0;
        }
        if (discard) {
            long skipped = carrier.discard(wanted);
            return skipped == -Errno.EAGAIN
                    ? socket.waitToReceive(task, PollEvents.READABLE, message.flags)
                    : skipped;
        }
        if (peek && all && carrier.readableBytes() < wanted && isOpenForMore(carrier)) {
            long waited = socket.waitToReceive(task, PollEvents.READABLE, message.flags);
            if (waited == Task.BLOCK) {
                return waited;
            }
        }
        long received = carrier.receive(target, peek, 0);
        if (received == -Errno.EAGAIN) {
            return pause(
                    task,
                    target,
                    done,
                    socket.waitToReceive(task, PollEvents.READABLE, message.flags));
        }
        if (received < 0) {
            return done > 0 ? done : received;
        }
        done += received;
        if (all && !peek && received > 0 && target.remaining() > 0) {
            return pause(
                    task,
                    target,
                    done,
                    socket.waitToReceive(task, PollEvents.READABLE, message.flags));
        }
        return done;
    }

    private static boolean isOpenForMore(StreamTransport carrier) {
        return (carrier.poll() & (PollEvents.RDHUP | PollEvents.ERR | PollEvents.HUP)) == 0;
    }

    /** Skips what earlier runs of the same call moved. */
    private static long resume(Task task, IoBuffer buffer) {
        long done = buffer instanceof UserIo ? task.progress() : 0;
        if (done > 0) {
            buffer.position(done);
        }
        return done;
    }

    /**
     * Leaves a transfer that cannot go on. The kernel's own buffers (sendfile, splice) are filled
     * anew in each run, so theirs ends with what was moved.
     */
    private static long pause(Task task, IoBuffer buffer, long done, long waiting) {
        if (waiting != Task.BLOCK) {
            return done > 0 ? done : waiting;
        }
        if (done > 0 && !(buffer instanceof UserIo)) {
            return done;
        }
        task.progress(done);
        return Task.BLOCK;
    }
}
