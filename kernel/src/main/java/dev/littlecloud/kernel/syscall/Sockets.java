package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.net.Socket;
import dev.littlecloud.kernel.net.SocketConstants;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** What the families of socket calls share. */
final class Sockets {
    private Sockets() {}

    static NetworkStack stack(Task task) {
        return task.kernel().network();
    }

    /** The socket of a descriptor, or null: see {@link #notFound}. */
    static @Nullable Socket find(Task task, long fd) {
        return task.files().get(fd) instanceof Socket socket ? socket : null;
    }

    /** Why {@link #find} found nothing. */
    static long notFound(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        boolean isPath = file != null && (file.flags() & OpenFlags.O_PATH) != 0;
        return file == null || isPath ? -Errno.EBADF : -Errno.ENOTSOCK;
    }

    /** Installs a new socket with SOCK_NONBLOCK and SOCK_CLOEXEC, or closes it: EMFILE. */
    static long install(Task task, Socket socket, long flags) {
        applyNonblocking(socket, flags);
        return Descriptors.install(task, socket, (flags & SocketConstants.SOCK_CLOEXEC) != 0);
    }

    static void applyNonblocking(Socket socket, long flags) {
        if ((flags & SocketConstants.SOCK_NONBLOCK) != 0) {
            socket.flags(socket.flags() | OpenFlags.O_NONBLOCK);
        }
    }
}
