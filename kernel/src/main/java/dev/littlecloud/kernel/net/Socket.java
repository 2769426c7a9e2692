package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import org.jspecify.annotations.Nullable;

/**
 * A socket of any family. Operations follow the rule of handlers: a value, {@code -errno}, or {@link
 * Task#BLOCK}. Guarded by the instance lock.
 */
public abstract class Socket extends OpenFile {
    /** What a socket's objects are charged with, in bytes. */
    static final long COST = 1024;

    protected final NetworkStack stack;
    protected final int family;
    protected final int type;
    protected final int protocol;
    protected final SocketOptions options = new SocketOptions();
    protected final WaitQueue queue = new WaitQueue();
    private final SocketInode inode;

    protected Socket(NetworkStack stack, int family, int type, int protocol, int uid, int gid) {
        super(OpenFlags.O_RDWR);
        this.stack = stack;
        this.family = family;
        this.type = type;
        this.protocol = protocol;
        this.inode = new SocketInode(uid, gid);
        stack.opened(this);
    }

    public final int family() {
        return family;
    }

    /** SOCK_STREAM and so on. */
    public final int type() {
        return type;
    }

    public final int protocol() {
        return protocol;
    }

    public final SocketOptions options() {
        return options;
    }

    public final NetworkStack stack() {
        return stack;
    }

    // ---- What families differ in.

    public long bind(Task task, SocketAddress address) {
        return -Errno.EOPNOTSUPP;
    }

    public long listen(Task task, int backlog) {
        return -Errno.EOPNOTSUPP;
    }

    /**
     * Connects.
     *
     * @param address null dissolves the association of a datagram socket (AF_UNSPEC)
     */
    public long connect(Task task, @Nullable SocketAddress address) {
        return -Errno.EOPNOTSUPP;
    }

    /** Whether a connection can be taken: 0, {@code -errno} or BLOCK. */
    public long accept(Task task) {
        return -Errno.EOPNOTSUPP;
    }

    /** The connection that {@link #accept} found, with one reference for the caller. */
    public Socket takeAccepted() {
        throw new IllegalStateException("accept found nothing");
    }

    public abstract long shutdown(int how);

    public abstract long send(Task task, IoBuffer source, Message message);

    public abstract long receive(Task task, IoBuffer target, Message message);

    /** getsockname(2). */
    public abstract SocketAddress localAddress();

    /** getpeername(2); null answers ENOTCONN. */
    public abstract @Nullable SocketAddress peerAddress();

    /** Takes the pending error, as SO_ERROR does: 0 or an errno. */
    public abstract int takeError();

    /** Whether listen(2) was called; SO_ACCEPTCONN. */
    public boolean isListening() {
        return false;
    }

    /** Whether the next byte follows an urgent one; SIOCATMARK. */
    public boolean isAtMark() {
        return false;
    }

    /** Bytes that the next read can have; FIONREAD. */
    public long readableBytes() {
        return 0;
    }

    /** Bytes sent that the other side has not read; SIOCOUTQ. */
    public long unsentBytes() {
        return 0;
    }

    /** Options changed that the transport must know. */
    protected void optionsChanged() {}

    // ---- What all share.

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        Message message = stack.message().reset(0);
        long result = receive(task, buffer, message);
        message.dropAncillary();
        return result;
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        return send(task, buffer, stack.message().reset(0));
    }

    /** Waits for {@code events} as the socket's mode, the call's flags and SO_RCVTIMEO say. */
    protected final long waitToReceive(Task task, int events, int flags) {
        return waitFor(task, events, flags, options.receiveTimeoutNanos, Errno.EAGAIN);
    }

    protected final long waitToSend(Task task, int events, int flags) {
        return waitFor(task, events, flags, options.sendTimeoutNanos, Errno.EAGAIN);
    }

    /** As above, where running out of time or being non-blocking has another errno. */
    protected final long waitFor(
            Task task, int events, int flags, long timeoutNanos, int notReadyErrno) {
        if (isNonblocking() || (flags & SocketConstants.MSG_DONTWAIT) != 0) {
            return -notReadyErrno;
        }
        task.deadlineIn(timeoutNanos);
        if (task.isDeadlinePassed()) {
            return -notReadyErrno;
        }
        task.waitOn(queue, events, false);
        // signal(7): a socket call with a timeout set is not restarted.
        return task.block(timeoutNanos < 0 ? Restart.WITH_SA_RESTART : Restart.NEVER);
    }

    /** EPIPE with its signal, unless MSG_NOSIGNAL. */
    protected static long brokenPipe(Task task, Message message) {
        if (!message.has(SocketConstants.MSG_NOSIGNAL)) {
            raisePipe(task);
        }
        return -Errno.EPIPE;
    }

    private static void raisePipe(Task task) {
        int pid = task.group().pid();
        int uid = task.credentials().uid();
        task.signals().send(SigInfo.fromProcess(Signal.SIGPIPE, SigInfo.SI_USER, pid, uid));
    }

    @Override
    public final WaitQueue waitQueue() {
        return queue;
    }

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final String description() {
        return "socket:[" + inode.number() + "]";
    }

    @Override
    protected final void close() {
        closeSocket();
        stack.closed(this);
    }

    protected abstract void closeSocket();

    /** Closes what no descriptor will close any more, since the instance has ended. */
    final void abandon() {
        if (references() > 0) {
            closeSocket();
        }
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        return SocketIoctls.answer(this, task, request, argument);
    }
}
