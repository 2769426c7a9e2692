package dev.littlecloud.kernel.task;

/** What processes need of the terminal of their session. */
public interface ControllingTerminal {
    /** The session's first process has ended: the session loses the terminal, with SIGHUP. */
    void leaderExited(Session session);

    /** Its device number, or 0 when it hung up. */
    long device();

    /** Id of the process group in the foreground, -1 for none. */
    int foregroundId();
}
