package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.SocketNode;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which Unix socket has which name; unix(7), "Address format". Guarded by the instance lock. */
final class UnixNames {
    /** Names that autobind chooses from: five hexadecimal digits. */
    private static final int AUTOBIND_NAMES = 1 << 20;

    private final Map<UnixAddress, UnixSocket> abstractNames = new HashMap<>();
    private int nextAutobind;
    private @Nullable UnixSocket found;

    /** Gives a socket a name: 0 or {@code -errno}. */
    int bind(Task task, UnixSocket socket, UnixAddress address) {
        if (address.isAbstract()) {
            return abstractNames.putIfAbsent(address, socket) == null ? 0 : -Errno.EADDRINUSE;
        }
        int status = UnixPaths.create(task, address);
        if (status == 0) {
            if (UnixPaths.found(task) instanceof SocketNode node) {
                node.bindSocket(socket);
                socket.node(node);
            }
        }
        return status;
    }

    /** Chooses a free abstract name; null where all are taken. */
    @Nullable UnixAddress autobind(UnixSocket socket) {
        for (int i = 0; i < AUTOBIND_NAMES; i++) {
            String digits = String.format(Locale.ROOT, "\0%05x", nextAutobind);
            nextAutobind = (nextAutobind + 1) % AUTOBIND_NAMES;
            UnixAddress name = new UnixAddress(digits.getBytes(StandardCharsets.ISO_8859_1));
            if (abstractNames.putIfAbsent(name, socket) == null) {
                return name;
            }
        }
        return null;
    }

    /**
     * Finds the socket with a name.
     *
     * @return 0 with the socket in {@link #found}, or {@code -errno}
     */
    int find(Task task, UnixAddress address) {
        found = null;
        if (address.isAbstract()) {
            found = abstractNames.get(address);
        } else {
            int status = UnixPaths.find(task, address);
            if (status != 0) {
                return status;
            }
            found =
                    UnixPaths.found(task) instanceof SocketNode node
                                    && node.boundSocket() instanceof UnixSocket bound
                            ? bound
                            : null;
        }
        return found == null ? -Errno.ECONNREFUSED : 0;
    }

    /** What the last successful {@link #find} found. */
    UnixSocket found() {
        UnixSocket socket = found;
        if (socket == null) {
            throw new IllegalStateException("nothing was found");
        }
        return socket;
    }

    /** The socket is closed; a path name stays in the tree without a socket behind it. */
    void unbind(UnixSocket socket, UnixAddress address, @Nullable SocketNode node) {
        if (address.isAbstract()) {
            abstractNames.remove(address, socket);
        } else if (node != null) {
            node.bindSocket(null);
        }
    }
}
