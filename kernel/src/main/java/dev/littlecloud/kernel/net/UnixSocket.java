package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.SocketNode;
import dev.littlecloud.kernel.task.Task;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What Unix sockets of all types share: names and identities; unix(7). */
public abstract class UnixSocket extends Socket {
    protected UnixAddress address = UnixAddress.UNNAMED;
    private @Nullable SocketNode node;

    protected UnixSocket(NetworkStack stack, Task task, int type) {
        super(
                stack,
                SocketConstants.AF_UNIX,
                type,
                0,
                task.credentials().euid(),
                task.credentials().egid());
    }

    protected UnixSocket(NetworkStack stack, int type, int uid, int gid) {
        super(stack, SocketConstants.AF_UNIX, type, 0, uid, gid);
    }

    /** The identity that SO_PEERCRED tells. */
    abstract PeerCredentials peerCredentials();

    /** Connects two fresh sockets: socketpair(2). */
    public abstract void pair(Task task, UnixSocket other);

    void node(SocketNode inode) {
        node = inode;
    }

    @Override
    public long bind(Task task, SocketAddress wanted) {
        UnixAddress name = (UnixAddress) wanted;
        if (name.isUnnamed()) {
            return autobind();
        }
        if (!address.isUnnamed()) {
            return -Errno.EINVAL;
        }
        int status = stack.unixNames().bind(task, this, name);
        if (status == 0) {
            address = name;
        }
        return status;
    }

    /** Gets an abstract name if the socket has none: 0 or {@code -errno}. */
    final long autobind() {
        if (address.isUnnamed()) {
            UnixAddress name = stack.unixNames().autobind(this);
            if (name == null) {
                return -Errno.ENOSPC;
            }
            address = name;
        }
        return 0;
    }

    /**
     * What a message carries to the receiver: the files that were sent, and the sender's identity
     * where one of the two asked for it (SO_PASSCRED) or it was sent explicitly.
     */
    static @Nullable Ancillary carried(
            Task task, Message message, SocketOptions sender, SocketOptions receiver) {
        Ancillary sent = message.ancillary;
        if (sent != null && sent.credentials() != null) {
            return sent;
        }
        if (!sender.passCredentials && !receiver.passCredentials) {
            return sent;
        }
        return new Ancillary(
                sent == null ? Ancillary.NO_FILES : sent.takeFiles(), PeerCredentials.of(task));
    }

    @Override
    public final SocketAddress localAddress() {
        return address;
    }

    @Override
    protected final void closeSocket() {
        if (!address.isUnnamed()) {
            stack.unixNames().unbind(this, address, node);
        }
        closeUnix();
        stack.unixGarbage().closed();
    }

    /** What came beside messages that nobody has received yet. */
    abstract void forEachMessage(Consumer<Ancillary> visitor);

    /** Unix sockets that this one has a reference of: in messages, and those to be accepted. */
    void forEachHeld(Consumer<UnixSocket> visitor) {
        forEachMessage(
                message -> {
                    for (OpenFile file : message.files()) {
                        if (file instanceof UnixSocket socket) {
                            visitor.accept(socket);
                        }
                    }
                });
    }

    abstract void closeUnix();
}
