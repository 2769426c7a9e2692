package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Cloning;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A traced thread's side of ptrace(2): who traces it, how, where it has stopped, and what is due. */
public final class Tracee {
    static final int TRACE_SYSGOOD = 1;
    static final int TRACE_FORK = 1 << 1;
    static final int TRACE_VFORK = 1 << 2;
    static final int TRACE_CLONE = 1 << 3;
    static final int TRACE_EXEC = 1 << 4;
    static final int TRACE_VFORK_DONE = 1 << 5;
    static final int TRACE_EXIT = 1 << 6;
    static final int EXIT_KILL = 1 << 20;

    private static final long CLONE_PTRACE = 0x2000;
    private static final long CLONE_UNTRACED = 0x800000;

    /** How the tracer last had the thread go on. */
    enum Course {
        FREELY,
        TO_NEXT_CALL,
        BY_ONE_STEP
    }

    private final Task task;
    private final Task tracer;
    private final boolean seized;

    /**
     * Whether the tracer may look into whatever the thread runs. What counts is what it was allowed when
     * tracing began: it may gain rights, and give them up again.
     */
    private final boolean mayTraceAll;

    private int options;
    private Course course = Course.FREELY;

    private @Nullable TraceStop stop;

    /** Whether wait(2) has told of the stop. */
    private boolean isTold;

    /** It stays stopped, but hears of the end of the process's stop; PTRACE_LISTEN. */
    private boolean isListening;

    private long message;

    /** Stops that come before the thread returns to its program, in order. */
    private final ArrayDeque<TraceStop> due = new ArrayDeque<>(2);

    private boolean groupStopDue;
    private boolean interruptDue;

    /** The process went on while this thread was in a stop. */
    private boolean continueDue;

    private boolean exitTold;

    /** A signal that the tracer let through, or gave instead. */
    private @Nullable SigInfo injected;

    /** rax as the call had it that the thread is in or has just made, else -1. */
    private long originalRax = -1;

    private Breakpoints breakpoints = new Breakpoints();

    /** The trap flag is the tracer's, not the program's. */
    private boolean hasForcedTrap;

    private boolean wasForcedTrap;

    Tracee(Task task, Task tracer, boolean seized, boolean mayTraceAll, int options) {
        this.task = task;
        this.tracer = tracer;
        this.seized = seized;
        this.mayTraceAll = mayTraceAll;
        this.options = options;
        this.originalRax = task.run().callNumber();
    }

    public Task tracer() {
        return tracer;
    }

    boolean isSeized() {
        return seized;
    }

    boolean mayTraceAll() {
        return mayTraceAll;
    }

    /** Whether the tracer sees the memory: not that of a program that gained rights, or is unreadable. */
    boolean isVisible() {
        return mayTraceAll || task.group().traits().isOpen();
    }

    int options() {
        return options;
    }

    void options(int bits) {
        options = bits;
    }

    boolean has(int option) {
        return (options & option) != 0;
    }

    Course course() {
        return course;
    }

    long message() {
        return message;
    }

    long originalRax() {
        return originalRax;
    }

    void originalRax(long number) {
        originalRax = number;
    }

    /** Whether the thread is in a call or has just made one. */
    boolean isAfterCall() {
        return (int) originalRax != -1; // Linux looks at the lower half only
    }

    /** Its debug registers. */
    Breakpoints breakpoints() {
        return breakpoints;
    }

    void dropBreakpoints() {
        breakpoints = new Breakpoints();
    }

    /** Whether it executes one instruction at a time, be it by the tracer's wish or for breakpoints. */
    boolean isStepping() {
        return course == Course.BY_ONE_STEP || breakpoints.isAny();
    }

    boolean hasForcedTrap() {
        return hasForcedTrap;
    }

    void forcedTrap(boolean is) {
        hasForcedTrap = is;
    }

    /** Whether the last trap was forced: it may be nobody's business. */
    boolean wasForcedTrap() {
        return wasForcedTrap;
    }

    void wasForcedTrap(boolean was) {
        wasForcedTrap = was;
    }

    /** The program was left for something else than a call. */
    public void leftWithoutCall() {
        originalRax = -1;
    }

    // ---- Stops

    /** Where it has stopped, for its tracer to look and change; else null. */
    @Nullable TraceStop stop() {
        return isListening ? null : stop;
    }

    void stop(TraceStop changed) {
        stop = changed;
    }

    /** A stop that wait(2) has not told of. */
    @Nullable TraceStop untold() {
        return isTold ? null : stop;
    }

    void told() {
        isTold = true;
    }

    /** Stops, and tells the tracer. */
    void begin(TraceStop where) {
        stop = where;
        isTold = false;
        isListening = false;
        if (where.message() != TraceStop.NO_MESSAGE) {
            message = where.message();
        }
        task.kernel().scheduler().halt(task);
        int code = where.info() == null ? SigInfo.CLD_STOPPED : SigInfo.CLD_TRAPPED;
        Tracer of = tracer.tracer();
        if (of != null) {
            of.tell(task, code, where.code() & 0x7F);
        }
    }

    /** Goes on, with a signal or 0. */
    void goOn(Course how, int signal) {
        TraceStop was = stop;
        stop = null;
        isListening = false;
        course = how;
        if (was != null) {
            take(was, signal);
        }
        task.run().reloadCall(originalRax);
        task.kernel().scheduler().goOn(task);
    }

    private void take(TraceStop was, int signal) {
        if (signal == 0) {
            return;
        }
        switch (was.kind()) {
            case SIGNAL -> {
                SigInfo info = was.info();
                boolean isSame = info != null && info.signal() == signal;
                injected = isSame ? info : fromTracer(signal);
            }
            case CALL -> task.signals().send(fromTracer(signal));
            case EVENT, GROUP -> {}
        }
    }

    private SigInfo fromTracer(int signal) {
        int uid = tracer.credentials().uid();
        return SigInfo.fromProcess(signal, SigInfo.SI_USER, tracer.group().pid(), uid);
    }

    @Nullable SigInfo takeInjected() {
        SigInfo info = injected;
        injected = null;
        return info;
    }

    /** PTRACE_LISTEN; false where it has not stopped with its process. */
    boolean listen() {
        TraceStop now = stop;
        boolean may = seized && now != null && now.event() == TraceStop.EVENT_STOP;
        isListening |= may;
        if (may && continueDue) {
            leaveListening();
        }
        return may;
    }

    // ---- What is due

    /** Whether it stops before it goes on with its call, or returns to its program. */
    public boolean hasDue() {
        return !due.isEmpty();
    }

    void add(TraceStop next) {
        due.add(next);
    }

    /** Stops for the next of what is due; false without any. */
    boolean stopForDue() {
        TraceStop next = due.poll();
        if (next != null) {
            begin(next);
        }
        return next != null;
    }

    /** Whether something is to be done that ends the wait of a blocked call. */
    public boolean isTrapDue() {
        return groupStopDue || interruptDue || continueDue;
    }

    /** Stops with its process, or because it was interrupted; false without either. */
    boolean stopForGroup() {
        boolean withGroup = groupStopDue;
        boolean isInterrupted = interruptDue || continueDue;
        groupStopDue = false;
        interruptDue = false;
        continueDue = false;
        ThreadGroup group = task.group();
        if (seized && (withGroup || isInterrupted)) {
            int signal = group.isStopped() ? group.stopSignal() : Signal.SIGTRAP;
            begin(TraceStop.seized(task, signal));
            return true;
        }
        if (withGroup && group.isStopped()) {
            begin(TraceStop.group(group.stopSignal()));
            return true;
        }
        return false;
    }

    /** The process is stopped by a signal. */
    public void groupStops() {
        groupStopDue = true;
    }

    /** The process goes on. */
    public void groupContinues() {
        groupStopDue = false;
        if (seized) {
            continueDue = true;
            lookAtDue();
        }
    }

    /** PTRACE_INTERRUPT. */
    void interrupt() {
        interruptDue = true;
        lookAtDue();
    }

    private void lookAtDue() {
        if (isListening) {
            leaveListening();
        } else {
            task.kernel().scheduler().interrupt(task);
        }
    }

    private void leaveListening() {
        stop = null;
        isListening = false;
        task.kernel().scheduler().goOn(task);
    }

    /** Stops before its end, once, if that is wanted; false where it may end. */
    boolean stopsAtExit(int status) {
        if (exitTold || !has(TRACE_EXIT)) {
            return false;
        }
        exitTold = true;
        begin(TraceStop.event(task, TraceStop.EVENT_EXIT, status));
        return true;
    }

    // ---- What it does

    /** It made another task, which has not started yet. */
    public void cloned(Task child, long flags, int exitSignal) {
        int event = TraceStop.EVENT_CLONE;
        if ((flags & Cloning.CLONE_VFORK) != 0) {
            event = TraceStop.EVENT_VFORK;
        } else if (exitSignal == Signal.SIGCHLD) {
            event = TraceStop.EVENT_FORK;
        }
        boolean isWanted = (flags & CLONE_UNTRACED) == 0 && has(1 << event);
        if (isWanted) {
            add(TraceStop.event(task, event, child.tid()));
        }
        if (isWanted || (flags & CLONE_PTRACE) != 0) {
            Tracee own = Tracing.begin(child, tracer, seized, mayTraceAll, options);
            own.originalRax = originalRax;
            if (seized) {
                own.interruptDue = true;
            } else {
                SigInfo stopSignal = SigInfo.fromProcess(Signal.SIGSTOP, SigInfo.SI_USER, 0, 0);
                child.signals().pending().add(stopSignal);
            }
        }
    }

    /** Its child of vfork(2) has memory of its own, or has ended. */
    public void vforkDone(int child) {
        if (has(TRACE_VFORK_DONE)) {
            add(TraceStop.event(task, TraceStop.EVENT_VFORK_DONE, child));
        }
    }

    /** It runs another program. */
    public void executed(int formerTid) {
        dropBreakpoints();
        if (has(TRACE_EXEC)) {
            add(TraceStop.event(task, TraceStop.EVENT_EXEC, formerTid));
        } else if (!seized) {
            SigInfo trap =
                    SigInfo.fromProcess(
                            Signal.SIGTRAP,
                            SigInfo.SI_USER,
                            task.group().pid(),
                            task.credentials().uid());
            task.signals().send(trap);
        }
    }

    /** A handler is about to run. */
    public void handlerBegins() {
        if (course == Course.BY_ONE_STEP) {
            course = Course.FREELY;
            add(TraceStop.handler(task));
        }
    }
}
