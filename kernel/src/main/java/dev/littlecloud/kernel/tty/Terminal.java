package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.ControllingTerminal;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Session;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import org.jspecify.annotations.Nullable;

/** The job-control side of a terminal: whose it is, which job is in the foreground; credentials(7). */
final class Terminal implements ControllingTerminal {
    private final Pty pty;
    private @Nullable Session session;
    private @Nullable ProcessGroup foreground;
    private WindowSize windowSize = WindowSize.UNKNOWN;

    Terminal(Pty pty) {
        this.pty = pty;
    }

    /** The controlling terminal of a task's session, or null. */
    static @Nullable Terminal of(Task task) {
        ThreadGroup process = task.group();
        return process.session().terminal() instanceof Terminal terminal
                        && !process.hasGivenUpTerminal()
                ? terminal
                : null;
    }

    Pty pty() {
        return pty;
    }

    /** The session it controls, or null. */
    @Nullable Session session() {
        return session;
    }

    /** The job that may read and gets the signals of the keys, or null. */
    @Nullable ProcessGroup foreground() {
        return foreground;
    }

    void foreground(ProcessGroup group) {
        foreground = group;
    }

    WindowSize windowSize() {
        return windowSize;
    }

    /** Changes the window's size; the foreground job is told when it is another one. */
    void windowSize(WindowSize size) {
        if (!size.equals(windowSize)) {
            windowSize = size;
            signal(Signal.SIGWINCH);
        }
    }

    /** Sends a signal to the foreground job. */
    void signal(int signal) {
        ProcessGroup group = foreground;
        if (group != null) {
            group.send(SigInfo.fromKernel(signal));
        }
    }

    /** Becomes the terminal of a session; its leader's job is in the foreground. */
    void control(ThreadGroup leader) {
        session = leader.session();
        foreground = leader.processGroup();
        leader.session().terminal(this);
    }

    /** The session loses it without a word. */
    void release() {
        Session was = session;
        if (was != null && was.terminal() == this) {
            was.terminal(null);
        }
        session = null;
        foreground = null;
    }

    /** The leader gave it up (TIOCNOTTY). */
    void givenUpByLeader() {
        signal(Signal.SIGHUP);
        signal(Signal.SIGCONT);
        release();
    }

    @Override
    public void leaderExited(Session ending) {
        signal(Signal.SIGHUP);
        release();
    }

    @Override
    public long device() {
        return pty.node().device();
    }

    @Override
    public int foregroundId() {
        ProcessGroup group = foreground;
        return group == null ? -1 : group.id();
    }

    /**
     * The line is gone: the leader is told, and if that ends it, so is the job that was in the
     * foreground.
     *
     * @param leader of the session, or null where it has ended
     */
    void hangUp(@Nullable ThreadGroup leader) {
        Session was = session;
        ProcessGroup job = foreground;
        release();
        if (was == null || leader == null) {
            return;
        }
        was.terminal(new Gone(job));
        SignalSending.toProcess(leader, SigInfo.fromKernel(Signal.SIGHUP));
        SignalSending.toProcess(leader, SigInfo.fromKernel(Signal.SIGCONT));
    }

    /** Keeps which job was in the foreground of a terminal that hung up, until its leader ends. */
    private record Gone(@Nullable ProcessGroup job) implements ControllingTerminal {
        @Override
        public void leaderExited(Session session) {
            if (job != null) {
                job.send(SigInfo.fromKernel(Signal.SIGHUP));
                job.send(SigInfo.fromKernel(Signal.SIGCONT));
            }
            session.terminal(null);
        }

        @Override
        public long device() {
            return 0;
        }

        @Override
        public int foregroundId() {
            return -1;
        }
    }
}
