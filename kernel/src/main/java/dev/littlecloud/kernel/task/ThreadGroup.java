package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.signal.SignalQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process: threads that share an id, signal actions, limits and an exit. */
public final class ThreadGroup {
    private final Kernel kernel;
    private final int pid;
    private final List<Task> threads = new ArrayList<>(1);
    private final List<ThreadGroup> children = new ArrayList<>();
    private @Nullable ThreadGroup parent;
    private Session session;
    private ProcessGroup processGroup;
    private final ResourceLimits limits;
    private SignalActions actions;
    private final SignalQueue sharedPending = new SignalQueue();

    /** Woken when a child changes state; wait4(2). */
    private final WaitQueue childEvents = new WaitQueue();

    private String executable = "";
    private byte[] commandLine = {};

    ThreadGroup(Kernel kernel, int pid, Session session, ProcessGroup group,
            ResourceLimits limits, SignalActions actions) {
        this.kernel = kernel;
        this.pid = pid;
        this.session = session;
        this.processGroup = group;
        this.limits = limits;
        this.actions = actions;
    }

    public int pid() {
        return pid;
    }

    public Kernel kernel() {
        return kernel;
    }

    /** The threads that have not ended. */
    public List<Task> threads() {
        return threads;
    }

    public List<ThreadGroup> children() {
        return children;
    }

    public @Nullable ThreadGroup parent() {
        return parent;
    }

    public Session session() {
        return session;
    }

    public ProcessGroup processGroup() {
        return processGroup;
    }

    public ResourceLimits limits() {
        return limits;
    }
}
