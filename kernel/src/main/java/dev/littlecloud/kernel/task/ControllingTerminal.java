package dev.littlecloud.kernel.task;

/** What processes need of the terminal of their session. */
public interface ControllingTerminal {
    /** The session's first process has ended: the session loses the terminal, with SIGHUP. */
    void leaderExited(Session session);
}
