package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.ipc.RobustList;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.ptrace.Tracing;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.signal.SignalSending;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ends of threads and processes; exit(2), wait(2). */
public final class TaskExit {
    private TaskExit() {}

    /** Whether the task is to end instead of going on. */
    public static boolean isDue(Task task) {
        ThreadGroup group = task.group();
        Task executing = group.executing();
        return group.isExiting() || task.exits() || (executing != null && executing != task);
    }

    /** How a thread that is to end does so, as wait4(2) tells it. */
    public static int statusOf(Task task) {
        return task.group().isExiting() ? task.group().exitStatus() : task.exitStatus();
    }

    public static boolean isDead(Task task) {
        return task.run.state == TaskRun.State.DEAD;
    }

    /** Ends a thread, and its process if it is the last. */
    public static void exit(Task task) {
        ThreadGroup group = task.group();
        TaskCall.cancel(task);
        Tracing.tracerEnds(task);
        tellWaiters(task);
        task.run.state = TaskRun.State.DEAD;
        task.kernel().timers().disarm(task.run.deadline);
        forgetOnProcessors(task);
        if (group.threads().size() == 1 && group.threads().getFirst() == task) {
            endProcess(task);
        }
        task.files().leave();
        if (task.space().users() == 1) {
            task.kernel().scheduler().callServer().ends(task);
        }
        task.space().leave();
        group.times().programEnded(task.space());
        task.releaseVfork();
        group.times().threadEnded(task);
        group.threads().remove(task);
        task.kernel().tasks().remove(task);
        task.signals().pending().drop(-1);
        task.kernel().frames().uncharge(Cloning.TASK_CHARGE + task.inheritedBytes());
        SignalSending.handOn(task, ~task.signals().mask());
        group.exitEvents().wakeAll();
        Tracing.ended(task, statusOf(task));
        if (group.threads().isEmpty()) {
            becomeZombie(group);
        }
    }

    /** Undoes a task that was made and never ran. */
    public static void abandon(Task task) {
        ThreadGroup group = task.group();
        task.run.state = TaskRun.State.DEAD;
        task.files().leave();
        task.space().leave();
        group.threads().remove(task);
        task.kernel().tasks().remove(task);
        task.kernel().frames().uncharge(Cloning.TASK_CHARGE + task.inheritedBytes());
        if (group.threads().isEmpty()) {
            group.stopRunning();
            group.parent(null);
            task.kernel().tasks().remove(group);
        }
    }

    /** What execve(2) ends of the old program before its memory goes. */
    public static void leaveProgram(Task task) {
        tellWaiters(task);
        task.restartableSequence(null);
    }

    private static void forgetOnProcessors(Task task) {
        for (Processor processor : task.kernel().scheduler().processors()) {
            processor.forget(task);
        }
    }

    /** Robust futexes and the word that pthread_join(3) waits for; set_tid_address(2). */
    private static void tellWaiters(Task task) {
        try {
            RobustList.ownerDied(task);
            task.kernel().futexes().locks().ownerDied(task);
            long word = task.clearChildTid();
            if (word != 0 && task.space().users() > 1) {
                task.memory().writeInt(word, 0);
                task.kernel().futexes().wake(task, word, 1, false);
            }
        } catch (GuestFault gone) {
            // The program unmapped its own words: nobody can be waiting there.
            task.clearChildTid(0);
        }
        task.clearChildTid(0);
        task.robustList(0);
    }

    /** What a process gives up while its last thread still has an identity. */
    private static void endProcess(Task last) {
        ThreadGroup group = last.group();
        if (!group.isExiting()) {
            group.exitStatus(last.exitStatus());
        }
        group.remember(last);
        group.endTimers();
    }

    private static void becomeZombie(ThreadGroup group) {
        reparentChildren(group);
        group.stopRunning();
        group.becomeZombie();
        group.kernel().tasks().becameZombie();
        group.kernel().memoryShortage().ended(group);
        Session session = group.session();
        if (session.id() == group.pid()) {
            ControllingTerminal terminal = session.terminal();
            if (terminal != null) {
                terminal.leaderExited(session);
            }
        }
        if (group.pid() == 1) {
            group.kernel().initEnded(group.exitStatus());
            return;
        }
        continueOrphans(group);
        if (!group.isHeldForTracer()) {
            announce(group);
        }
    }

    /** Tells of a zombie, none of whose threads is still to be told of. */
    public static void announce(ThreadGroup group) {
        if (!Tracing.isHeld(group, group.lastCredentials().uid())) {
            tellParent(group);
        }
    }

    private static void reparentChildren(ThreadGroup group) {
        ThreadGroup heir = reaper(group);
        for (ThreadGroup child : List.copyOf(group.children())) {
            for (Task thread : child.threads()) {
                if (thread.parentDeathSignal() != 0) {
                    SignalSending.toThread(
                            thread,
                            SigInfo.fromProcess(
                                    thread.parentDeathSignal(), SigInfo.SI_USER, group.pid(), 0));
                }
            }
            boolean wasOrphaned = child.processGroup().isOrphaned();
            child.parent(heir);
            child.exitSignal(Signal.SIGCHLD);
            if (!wasOrphaned) {
                hangUpIfStopped(child.processGroup());
            }
            if (child.isZombie() && heir != null && !child.isHeldForTracer()) {
                tellParent(child);
            }
        }
    }

    /** Who takes over the children: the nearest subreaper, or the first process. */
    private static @Nullable ThreadGroup reaper(ThreadGroup group) {
        for (ThreadGroup up = group.parent(); up != null; up = up.parent()) {
            if (up.isChildSubreaper() && !up.isZombie() && !up.isExiting()) {
                return up;
            }
        }
        ThreadGroup init = group.kernel().tasks().init();
        return init == group ? null : init;
    }

    /** The exit may leave its own job without anybody who could continue it. */
    private static void continueOrphans(ThreadGroup group) {
        ThreadGroup parent = group.parent();
        if (parent != null
                && parent.session() == group.session()
                && parent.processGroup() != group.processGroup()) {
            hangUpIfStopped(group.processGroup());
        }
    }

    private static void hangUpIfStopped(ProcessGroup group) {
        boolean stopped = false;
        for (ThreadGroup member : group.members()) {
            stopped |= member.isStopped();
        }
        if (stopped && group.isOrphaned()) {
            group.send(SigInfo.fromKernel(Signal.SIGHUP));
            group.send(SigInfo.fromKernel(Signal.SIGCONT));
        }
    }

    /** The parent hears of a zombie. */
    public static void tellParent(ThreadGroup group) {
        ThreadGroup parent = group.parent();
        if (parent == null) {
            return;
        }
        SignalActions actions = parent.actions();
        boolean nobodyWaits =
                group.exitSignal() == Signal.SIGCHLD
                        && (actions.handler(Signal.SIGCHLD) == SignalActions.SIG_IGN
                                || (actions.flags(Signal.SIGCHLD) & SignalActions.SA_NOCLDWAIT)
                                        != 0);
        if (group.exitSignal() != 0) {
            int status = group.exitStatus();
            int signal = status & 0x7F;
            int code = signal == 0 ? SigInfo.CLD_EXITED : SigInfo.CLD_KILLED;
            SignalSending.toProcess(
                    parent,
                    group.childInfo(
                            group.exitSignal(), code, signal == 0 ? status >> 8 & 0xFF : signal));
        }
        if (nobodyWaits) {
            reap(group);
        }
        parent.childEvents().wakeAll();
    }

    /** Removes a zombie for good; its parent keeps its times. */
    public static void reap(ThreadGroup group) {
        ThreadGroup parent = group.parent();
        if (parent != null) {
            parent.times().addChild(group);
        }
        group.parent(null);
        group.kernel().tasks().remove(group);
    }
}
