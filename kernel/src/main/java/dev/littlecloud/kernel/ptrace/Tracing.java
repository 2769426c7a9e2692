package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.proc.Inspection;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins and ends of tracing. */
public final class Tracing {
    private Tracing() {}

    static Tracee begin(Task task, Task tracer, boolean seized, boolean mayTraceAll, int options) {
        Tracee tracee = new Tracee(task, tracer, seized, mayTraceAll, options);
        task.tracee(tracee);
        tracer.asTracer().tracees().add(task);
        // Its calls leave the guest, and its tracer finds the program's own code.
        task.space().stopPosting();
        return tracee;
    }

    /** PTRACE_ATTACH and PTRACE_SEIZE. */
    static int attach(Task tracer, Task task, boolean seize, int options) {
        if (task.group() == tracer.group() || !Inspection.mayTrace(tracer, task)) {
            return -Errno.EPERM;
        }
        if (task.tracee() != null || TaskExit.isDue(task)) {
            return -Errno.EPERM;
        }
        Tracee tracee = begin(task, tracer, seize, Inspection.mayTraceAll(tracer), options);
        if (!seize) {
            SigInfo stop = SigInfo.fromKernel(Signal.SIGSTOP);
            SignalSending.toThread(task, stop);
        }
        if (task.group().isStopped()) {
            tracee.groupStops();
            task.kernel().scheduler().unpark(task);
        }
        // A call that it makes meanwhile leaves the guest.
        task.kernel().scheduler().interruptIfRunning(task);
        return 0;
    }

    /** PTRACE_TRACEME. */
    static int traceMe(Task task) {
        ThreadGroup parent = task.group().parent();
        if (task.tracee() != null || parent == null || parent.threads().isEmpty()) {
            return -Errno.EPERM;
        }
        Task maker = task.kernel().tasks().task(task.group().makerTid());
        Task tracer =
                maker != null && maker.group() == parent ? maker : parent.threads().getFirst();
        if (!Inspection.mayHave(tracer, task.credentials())) {
            return -Errno.EPERM;
        }
        // It asks for it, so its own rights count.
        begin(task, tracer, false, Inspection.mayTraceAll(task), 0);
        return 0;
    }

    /** PTRACE_DETACH, with a signal or 0. */
    static void detach(Task task, Tracee tracee, int signal) {
        if (task.run().state() != TaskRun.State.RUNNING) {
            // Else it is in the guest, and its registers are nobody's to look at.
            Stepping.end(task, tracee);
            TracedCalls.settle(task, tracee, signal);
        }
        tracee.dropBreakpoints();
        end(task, tracee);
        tracee.goOn(Tracee.Course.FREELY, signal);
        SigInfo info = tracee.takeInjected();
        if (info != null) {
            task.signals().pending().add(info);
        }
    }

    private static void end(Task task, Tracee tracee) {
        Tracer tracer = tracee.tracer().tracer();
        if (tracer != null) {
            tracer.tracees().remove(task);
        }
        task.tracee(null);
    }

    /** A thread ends: those that it traces go on, or end as well. */
    public static void tracerEnds(Task task) {
        Tracer tracer = task.tracer();
        if (tracer == null) {
            return;
        }
        for (Task each : List.copyOf(tracer.tracees())) {
            Tracee tracee = each.tracee();
            if (tracee != null) {
                detach(each, tracee, 0);
                if (tracee.has(Tracee.EXIT_KILL)) {
                    each.group().startExit(Signal.SIGKILL);
                }
            }
        }
        for (TracedDeath death : List.copyOf(tracer.deaths())) {
            tracer.deaths().remove(death);
            death.forget();
        }
    }

    /** A thread has ended, and is one of its process's no more. */
    public static void ended(Task task, int status) {
        Tracee tracee = task.tracee();
        if (tracee == null) {
            return;
        }
        Tracer tracer = tracee.tracer().tracer();
        end(task, tracee);
        ThreadGroup group = task.group();
        boolean isLeader = task.tid() == group.pid();
        if (tracer == null || (isLeader && group.executing() != null)) {
            // The thread that executes a program takes its place.
            return;
        }
        if (isLeader) {
            group.leaderTracer(tracee.tracer());
            return;
        }
        task.kernel().tasks().tracedThreadEnded();
        group.untoldEnds(1);
        add(tracer, new TracedDeath(group, task.tid(), task.credentials().uid(), status));
    }

    /**
     * A process has become a zombie. Its tracer, if that is not its parent, hears of it first.
     *
     * @return whether the parent is to be told later
     */
    public static boolean isHeld(ThreadGroup group, int uid) {
        Task by = group.leaderTracer();
        group.leaderTracer(null);
        Tracer tracer = by == null || TaskExit.isDead(by) ? null : by.tracer();
        if (by == null || tracer == null || by.group() == group.parent()) {
            return false;
        }
        group.heldForTracer(true);
        add(tracer, new TracedDeath(group, group.pid(), uid, group.exitStatus()));
        return true;
    }

    private static void add(Tracer tracer, TracedDeath death) {
        tracer.deaths().add(death);
        tracer.tell(death.tid(), death.uid(), death.code(), death.detail());
    }

    /** Whether a process is traced by a thread of another, which hears of its stops in that way. */
    public static boolean isTracedBy(ThreadGroup group, ThreadGroup other) {
        if (group.threads().isEmpty()) {
            return false;
        }
        Tracee tracee = group.threads().getFirst().tracee();
        return tracee != null && tracee.tracer().group() == other;
    }

    /** Whether a set-user-id program runs without these rights, for its tracer's sake. */
    public static boolean forbidsGain(Task task) {
        Tracee tracee = task.tracee();
        return tracee != null && !tracee.mayTraceAll();
    }

    /** The id of who traces a thread, or 0. */
    public static int tracerId(@Nullable Task task) {
        Tracee tracee = task == null ? null : task.tracee();
        return tracee == null ? 0 : tracee.tracer().group().pid();
    }
}
