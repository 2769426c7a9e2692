package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.SignalSending;
import java.util.ArrayList;
import java.util.List;

/** A job: processes that a terminal and kill(2) treat as one; setpgid(2). */
public final class ProcessGroup {
    private final int id;
    private final Session session;
    private final List<ThreadGroup> members = new ArrayList<>(2);

    public ProcessGroup(int id, Session session) {
        this.id = id;
        this.session = session;
    }

    public int id() {
        return id;
    }

    public Session session() {
        return session;
    }

    public List<ThreadGroup> members() {
        return members;
    }

    /** Sends a signal to every member. */
    public void send(SigInfo info) {
        for (ThreadGroup member : List.copyOf(members)) {
            SignalSending.toProcess(member, info);
        }
    }

    /**
     * Whether no member has a parent in another group of the session: nobody would continue it;
     * setpgid(2), "orphaned process group".
     */
    public boolean isOrphaned() {
        for (ThreadGroup member : members) {
            ThreadGroup parent = member.parent();
            if (parent != null
                    && !member.isZombie()
                    && parent.processGroup() != this
                    && parent.session() == session) {
                return false;
            }
        }
        return true;
    }
}
