package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.task.Task;

/** Who is at the other end of a Unix socket: {@code struct ucred}; unix(7). */
public record PeerCredentials(int pid, int uid, int gid) {
    /** What a socket without a peer reports. */
    public static final PeerCredentials NOBODY = new PeerCredentials(0, -1, -1);

    public static PeerCredentials of(Task task) {
        return new PeerCredentials(
                task.group().pid(), task.credentials().euid(), task.credentials().egid());
    }
}
