package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.Action;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.ptrace.Tracing;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.signal.SignalQueue;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.time.ProcessTimers;
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
    private ResourceLimits limits;
    private SignalActions actions;
    private final SignalQueue pendingSignals;
    private final WaitQueue signalEvents = new WaitQueue();
    private final WaitQueue childEvents = new WaitQueue();
    private final WaitQueue exitEvents = new WaitQueue();
    private final ProcessTimes times = new ProcessTimes();

    // Program
    private @Nullable Dentry executable;
    private String executablePath = "";
    private boolean hasExecuted;

    // Life cycle
    private boolean exiting;
    private int exitStatus;
    private boolean zombie;
    private int exitSignal;
    private boolean childSubreaper;
    private @Nullable ProcessTimers timers;
    private @Nullable Task executing;

    // Tracing: the thread that made the process, who traces its first thread when that has ended,
    // and
    // whether it is the tracer's turn to wait for the zombie.
    private int makerTid;
    private @Nullable Task leaderTracer;
    private boolean heldForTracer;

    /** Ends of its threads that their tracers were not told of; the process's own comes after them. */
    private int untoldEnds;

    private final List<Action> exitActions = new ArrayList<>(0);

    // What is left of a zombie's last thread
    private String lastName = "";
    private Credentials lastCredentials = Credentials.of(0, 0);

    private ProcessTraits traits = new ProcessTraits();
    private boolean terminalGivenUp;

    // Job control
    private int stopSignal;
    private boolean stopReported = true;
    private boolean continueReported = true;

    public ThreadGroup(
            Kernel kernel,
            int pid,
            ProcessGroup processGroup,
            ResourceLimits limits,
            SignalActions actions) {
        this.kernel = kernel;
        this.pid = pid;
        this.pendingSignals = new SignalQueue(kernel.frames());
        this.session = processGroup.session();
        this.processGroup = processGroup;
        this.limits = limits;
        this.actions = actions;
        processGroup.members().add(this);
    }

    public int pid() {
        return pid;
    }

    public Kernel kernel() {
        return kernel;
    }

    /** The threads that have not ended, the oldest first. */
    public List<Task> threads() {
        return threads;
    }

    /** The processes it has to wait for. */
    public List<ThreadGroup> children() {
        return children;
    }

    public @Nullable ThreadGroup parent() {
        return parent;
    }

    /** Process id of the parent as getppid(2) tells it. */
    public int parentPid() {
        return parent == null ? 0 : parent.pid;
    }

    /** Gives the process to another parent. */
    public void parent(@Nullable ThreadGroup newParent) {
        if (parent != null) {
            parent.children.remove(this);
        }
        parent = newParent;
        if (newParent != null) {
            newParent.children.add(this);
        }
    }

    public Session session() {
        return session;
    }

    public ProcessGroup processGroup() {
        return processGroup;
    }

    /** Moves the process to another group, and to its session. */
    public void processGroup(ProcessGroup group) {
        processGroup.members().remove(this);
        if (processGroup.members().isEmpty()) {
            kernel.tasks().removeGroup(processGroup);
        }
        processGroup = group;
        terminalGivenUp &= session == group.session();
        session = group.session();
        group.members().add(this);
    }

    /** Settings that only tell something about the process. */
    public ProcessTraits traits() {
        return traits;
    }

    /** What a new process takes over from the one that made it. */
    void inherit(ThreadGroup from) {
        traits = from.traits.copy();
        terminalGivenUp = from.terminalGivenUp;
    }

    /** Whether it gave up the session's terminal for itself alone; TIOCNOTTY of ioctl_tty(2). */
    public boolean hasGivenUpTerminal() {
        return terminalGivenUp;
    }

    public void giveUpTerminal() {
        terminalGivenUp = true;
    }

    public ResourceLimits limits() {
        return limits;
    }

    public SignalActions actions() {
        return actions;
    }

    public void actions(SignalActions newActions) {
        actions = newActions;
    }

    /** Signals sent to the process as a whole. */
    public SignalQueue pendingSignals() {
        return pendingSignals;
    }

    /** Woken when a signal becomes pending, for signalfd(2) and sigtimedwait(2). */
    public WaitQueue signalEvents() {
        return signalEvents;
    }

    /** Woken when a child changes state; wait4(2). */
    public WaitQueue childEvents() {
        return childEvents;
    }

    /** Woken when the process or one of its threads ends, for pidfds and execve(2). */
    public WaitQueue exitEvents() {
        return exitEvents;
    }

    public ProcessTimes times() {
        return times;
    }

    /** The program file, null before the first execve(2). */
    public @Nullable Dentry executable() {
        return executable;
    }

    /** The process has ended or runs another program: the file may be written again. */
    void stopRunning() {
        if (executable != null) {
            executable.inode().removeRunner();
            executable = null;
        }
    }

    /** Its path when it was started, for /proc/PID/exe. */
    public String executablePath() {
        return executablePath;
    }

    public void executable(@Nullable Dentry dentry, String path) {
        if (dentry != null) {
            dentry.inode().addRunner();
        }
        stopRunning();
        executable = dentry;
        executablePath = path;
        hasExecuted = true;
    }

    /** Whether execve(2) succeeded in it: setpgid(2) by the parent is refused then. */
    public boolean hasExecuted() {
        return hasExecuted;
    }

    public void clearHasExecuted() {
        hasExecuted = false;
    }

    // ---- Life cycle

    /** Whether the process is on its way out: every thread ends at its next look. */
    public boolean isExiting() {
        return exiting;
    }

    /** Ended, and not yet waited for. */
    public boolean isZombie() {
        return zombie;
    }

    public void becomeZombie() {
        zombie = true;
        pendingSignals.drop(-1);
    }

    /** Keeps what /proc shows of a zombie. */
    void remember(Task last) {
        lastName = last.name();
        Credentials credentials = last.credentials();
        boolean small = credentials.groupBytes() == 0;
        lastCredentials =
                small ? credentials : Credentials.of(credentials.uid(), credentials.gid());
    }

    /** Name of the thread that ended last. */
    public String lastName() {
        return lastName;
    }

    /** Identity of the thread that ended last. */
    public Credentials lastCredentials() {
        return lastCredentials;
    }

    /** Status word as wait4(2) gives it. */
    public int exitStatus() {
        return exitStatus;
    }

    public void exitStatus(int status) {
        exitStatus = status;
    }

    /** Signal sent to the parent at the end; SIGCHLD but for some clones. */
    public int exitSignal() {
        return exitSignal;
    }

    public void exitSignal(int signal) {
        exitSignal = signal;
    }

    public boolean isChildSubreaper() {
        return childSubreaper;
    }

    public void childSubreaper(boolean is) {
        childSubreaper = is;
    }

    /** The thread that made it, if that lives. */
    public int makerTid() {
        return makerTid;
    }

    void makerTid(int tid) {
        makerTid = tid;
    }

    /** Who traced its first thread until that ended, or null. */
    public @Nullable Task leaderTracer() {
        return leaderTracer;
    }

    public void leaderTracer(@Nullable Task tracer) {
        leaderTracer = tracer;
    }

    /** Whether its tracers have to wait for it, or for its threads, before its parent can. */
    public boolean isHeldForTracer() {
        return heldForTracer || untoldEnds > 0;
    }

    /** A traced thread has ended, or its tracer was told of that; how many were not. */
    public int untoldEnds(int more) {
        untoldEnds += more;
        return untoldEnds;
    }

    public void heldForTracer(boolean is) {
        heldForTracer = is;
    }

    /** The thread whose execve(2) waits for its siblings to end, or null. */
    public @Nullable Task executing() {
        return executing;
    }

    public void executing(@Nullable Task task) {
        executing = task;
    }

    /**
     * Begins the end of the process with a status word; its threads end when they are next looked
     * at. The first call decides.
     */
    public void startExit(int status) {
        if (exiting || zombie) {
            return;
        }
        exiting = true;
        exitStatus = status;
        stopSignal = 0;
        for (Task thread : threads) {
            kernel.scheduler().interrupt(thread);
        }
        kernel.scheduler().resumeStopped(this);
    }

    /** The process's timers that send signals. */
    public ProcessTimers timers() {
        ProcessTimers existing = timers;
        if (existing == null) {
            existing = new ProcessTimers(this);
            timers = existing;
            atExit(existing::stop);
        }
        return existing;
    }

    /** A thread of this process can run now. */
    void threadStarts() {
        if (timers != null) {
            timers.cpuTimers().threadStarts();
        }
    }

    /** A signal was taken from the pending ones: what is to be told of it. */
    public SigInfo signalTaken(SigInfo info, boolean ofProcess) {
        return timers == null ? info : timers.taken(info, ofProcess);
    }

    /**
     * execve(2) replaces the program: its POSIX timers go.
     *
     * @param isClosed whether it gained rights, or cannot be read by who runs it
     */
    public void programReplaced(boolean isClosed) {
        traits.dumpable(isClosed ? 0 : 1);
        traits.barriers(0);
        if (timers != null) {
            timers.afterExec();
        }
    }

    /** Something that ends with the process: its timers, its pending input and output. */
    public void atExit(Action action) {
        exitActions.add(action);
    }

    /** It need not be done at the end any more. */
    public void notAtExit(Action action) {
        exitActions.remove(action);
    }

    void endTimers() {
        for (Action action : exitActions) {
            action.run();
        }
        exitActions.clear();
    }

    // ---- Job control

    public boolean isStopped() {
        return stopSignal != 0;
    }

    public int stopSignal() {
        return stopSignal;
    }

    /** Stops all threads and tells the parent. */
    public void stop(int signal) {
        if (stopSignal != 0 || exiting) {
            return;
        }
        stopSignal = signal;
        stopReported = false;
        continueReported = true;
        for (Task thread : threads) {
            Tracee tracee = thread.tracee();
            if (tracee != null) {
                tracee.groupStops();
            }
            kernel.scheduler().interrupt(thread);
        }
        tellParent(SigInfo.CLD_STOPPED, signal);
    }

    /** SIGCONT was sent. */
    public void continueStopped() {
        if (stopSignal == 0) {
            return;
        }
        stopSignal = 0;
        stopReported = true;
        continueReported = false;
        for (Task thread : threads) {
            Tracee tracee = thread.tracee();
            if (tracee != null) {
                tracee.groupContinues();
            }
        }
        kernel.scheduler().resumeStopped(this);
        tellParent(SigInfo.CLD_CONTINUED, Signal.SIGCONT);
    }

    /** Whether a stop is there to be waited for. */
    public boolean hasUnreportedStop() {
        return stopSignal != 0 && !stopReported;
    }

    public void stopReported() {
        stopReported = true;
    }

    public boolean hasUnreportedContinue() {
        return !continueReported && stopSignal == 0;
    }

    public void continueReported() {
        continueReported = true;
    }

    private void tellParent(int code, int status) {
        ThreadGroup to = parent;
        if (to == null || Tracing.isTracedBy(this, to)) {
            return;
        }
        if ((to.actions.flags(Signal.SIGCHLD) & SignalActions.SA_NOCLDSTOP) == 0) {
            SignalSending.toProcess(to, childInfo(Signal.SIGCHLD, code, status));
        }
        to.childEvents.wakeAll();
    }

    /** What SIGCHLD tells of this process. */
    public SigInfo childInfo(int signal, int code, int status) {
        int uid = threads.isEmpty() ? times.lastUid : threads.getFirst().credentials().uid();
        return SigInfo.child(
                signal, code, pid, uid, status, times.userTicks(), times.systemTicks());
    }
}
