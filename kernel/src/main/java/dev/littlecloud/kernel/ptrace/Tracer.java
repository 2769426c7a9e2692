package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;

/** What a thread traces, and what it has not been told of that yet. */
public final class Tracer {
    private final Task task;
    private final List<Task> tracees = new ArrayList<>(1);
    private final List<TracedDeath> deaths = new ArrayList<>(0);

    public Tracer(Task task) {
        this.task = task;
    }

    public List<Task> tracees() {
        return tracees;
    }

    /** Ends that were not waited for yet. */
    public List<TracedDeath> deaths() {
        return deaths;
    }

    /** By SIGCHLD and to whoever waits. */
    void tell(Task tracee, int code, int status) {
        tell(tracee.tid(), tracee.credentials().uid(), code, status);
    }

    void tell(int tid, int uid, int code, int status) {
        boolean isStop = code == SigInfo.CLD_TRAPPED || code == SigInfo.CLD_STOPPED;
        long flags = task.group().actions().flags(Signal.SIGCHLD);
        if (!isStop || (flags & SignalActions.SA_NOCLDSTOP) == 0) {
            SigInfo info = SigInfo.child(Signal.SIGCHLD, code, tid, uid, status, 0, 0);
            SignalSending.toProcess(task.group(), info);
        }
        task.group().childEvents().wakeAll();
        // It may have happened before any other task of this processor.
        task.kernel().scheduler().notifyProcessors();
    }
}
