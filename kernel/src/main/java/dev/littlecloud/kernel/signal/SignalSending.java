package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Makes signals pending and sees that somebody takes them. */
public final class SignalSending {
    private SignalSending() {}

    /** To one thread; tgkill(2). False where the queue of a real-time signal is full. */
    public static boolean toThread(Task task, SigInfo info) {
        if (!prepare(task.group(), task, info)) {
            return true;
        }
        if (!task.signals().pending().add(info, limit(task.group()))) {
            return false;
        }
        notify(task, info.signal());
        return true;
    }

    /** To a process: any of its threads may take it; kill(2). */
    public static boolean toProcess(ThreadGroup group, SigInfo info) {
        if (group.threads().isEmpty()) {
            return true;
        }
        Task first = group.threads().getFirst();
        if (!prepare(group, first, info)) {
            return true;
        }
        if (!group.pendingSignals().add(info, limit(group))) {
            return false;
        }
        notify(choose(group, info.signal()), info.signal());
        return true;
    }

    /**
     * Whether a process does something of its own about a signal: it has a handler, or all its threads
     * block the signal, as those do that take it by sigwait(3) or from a signalfd.
     */
    public static boolean isExpected(ThreadGroup group, int signal) {
        long handler = group.actions().handler(signal);
        if (handler != SignalActions.SIG_DFL) {
            return handler != SignalActions.SIG_IGN;
        }
        long bit = Signal.bit(signal) & ~Signal.UNBLOCKABLE;
        return group.threads().stream().allMatch(thread -> (thread.signals().mask() & bit) != 0);
    }

    private static long limit(ThreadGroup group) {
        long soft = group.limits().soft(ResourceLimits.SIGPENDING);
        return soft < 0 ? Long.MAX_VALUE : soft;
    }

    /** Does what a signal does at once; false where nothing is left to deliver. */
    private static boolean prepare(ThreadGroup group, Task target, SigInfo info) {
        int signal = info.signal();
        if (signal == Signal.SIGKILL) {
            group.startExit(Signal.SIGKILL);
            return false;
        }
        if (signal == Signal.SIGCONT) {
            dropEverywhere(group, Signal.STOP_SIGNALS);
            group.continueStopped();
        } else if ((Signal.bit(signal) & Signal.STOP_SIGNALS) != 0) {
            dropEverywhere(group, Signal.bit(Signal.SIGCONT));
        }
        boolean blocked = (target.signals().mask() & Signal.bit(signal)) != 0;
        // Tracers hear of ignored signals, too.
        if (blocked || target.tracee() != null) {
            return true;
        }
        return !group.actions().isIgnored(signal) && !isShieldedInit(group, info);
    }

    /**
     * The first process does not die of signals from inside that it has no handler for;
     * pid_namespaces(7). Signals from outside (the user's Ctrl-C) have no sender and do end it.
     */
    static boolean isShieldedInit(ThreadGroup group, SigInfo info) {
        boolean fromInside = info.code() <= 0 && info.pid() != 0;
        return group.pid() == 1
                && fromInside
                && group.actions().handler(info.signal()) == SignalActions.SIG_DFL;
    }

    private static void dropEverywhere(ThreadGroup group, long set) {
        group.pendingSignals().drop(set);
        for (Task thread : group.threads()) {
            thread.signals().pending().drop(set);
        }
    }

    private static Task choose(ThreadGroup group, int signal) {
        long bit = Signal.bit(signal);
        for (Task thread : group.threads()) {
            if ((thread.signals().mask() & bit) == 0) {
                return thread;
            }
        }
        return group.threads().getFirst();
    }

    /**
     * A thread will not take signals of a set any more, because it blocks them or ends: those that
     * are pending for its process are shown to other threads. It may be the one that was chosen.
     */
    public static void handOn(Task from, long set) {
        long left = set & from.group().pendingSignals().mask();
        if (left == 0) {
            return;
        }
        for (Task thread : from.group().threads()) {
            long takes = thread == from ? 0 : left & ~thread.signals().mask();
            if (takes != 0) {
                left &= ~takes;
                thread.kernel().scheduler().interrupt(thread);
            }
        }
    }

    private static void notify(Task task, int signal) {
        task.group().signalEvents().wake(PollEvents.READABLE);
        if ((task.signals().mask() & Signal.bit(signal)) == 0) {
            task.kernel().scheduler().interrupt(task);
        }
    }
}
