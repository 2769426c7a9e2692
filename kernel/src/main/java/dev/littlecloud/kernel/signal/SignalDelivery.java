package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.ptrace.TracedCalls;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.task.RestartableSequence;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Takes pending signals and does what the process wants with them; signal(7). */
public final class SignalDelivery {
    /** What the pending signals came to. */
    public enum Outcome {
        /** Nothing the program sees. */
        NONE,
        /** At least one handler will run. */
        HANDLER
    }

    private SignalDelivery() {}

    /**
     * Delivers what is pending. The process may be exiting or stopped afterwards.
     *
     * @param inBlockedCall whether the task sleeps in a system call, which a handler interrupts
     */
    public static Outcome deliver(Task task, boolean inBlockedCall) {
        Outcome outcome = Outcome.NONE;
        ThreadGroup group = task.group();
        while (!group.isExiting() && !group.isStopped()) {
            SigInfo info = task.signals().take(~task.signals().mask());
            if (info == null) {
                break;
            }
            if (act(task, info, inBlockedCall && task.run().isInCall())) {
                outcome = Outcome.HANDLER;
            }
        }
        return outcome;
    }

    /** Does what the process wants with a signal that was taken; whether a handler will run. */
    public static boolean act(Task task, SigInfo info, boolean inBlockedCall) {
        ThreadGroup group = task.group();
        SignalActions actions = group.actions();
        int signal = info.signal();
        long handler = actions.handler(signal);
        if (handler == SignalActions.SIG_IGN) {
            return false;
        }
        if (handler == SignalActions.SIG_DFL) {
            defaultAction(task, info);
            return false;
        }
        long flags = actions.flags(signal);
        boolean restarts = (flags & SignalActions.SA_RESTART) != 0;
        Tracee tracee = task.tracee();
        if (inBlockedCall) {
            TaskCall.interrupt(task, restarts, -Errno.EINTR);
        } else if (tracee != null) {
            TracedCalls.settleForHandler(task, tracee, restarts);
        }
        if ((flags & SignalActions.SA_RESETHAND) != 0) {
            actions.reset(signal);
        }
        if (!pushFrame(task, info, handler, flags, actions)) {
            if (signal == Signal.SIGSEGV) {
                group.startExit(signal);
            } else {
                // Its handler may well have a stack of its own.
                task.signals().force(SigInfo.fromKernel(Signal.SIGSEGV));
            }
            return false;
        }
        if (tracee != null) {
            tracee.handlerBegins();
        }
        return true;
    }

    private static void defaultAction(Task task, SigInfo info) {
        ThreadGroup group = task.group();
        int signal = info.signal();
        switch (Signal.defaultAction(signal)) {
            case IGNORE, CONTINUE -> {}
            case STOP -> {
                // Jobs nobody could continue are not stopped by the terminal; setpgid(2).
                if (signal == Signal.SIGSTOP || !group.processGroup().isOrphaned()) {
                    group.stop(signal);
                    Tracee tracee = task.tracee();
                    if (tracee != null) {
                        // It may have gone on without its process, which is stopped already.
                        tracee.groupStops();
                    }
                }
            }
            case TERMINATE, CORE -> {
                if (!SignalSending.isShieldedInit(group, info)) {
                    group.startExit(signal);
                }
            }
        }
    }

    private static boolean pushFrame(
            Task task, SigInfo info, long handler, long flags, SignalActions actions) {
        if (!RestartableSequence.settle(task)) {
            task.group().startExit(Signal.SIGSEGV);
            return true;
        }
        try {
            long restorer = actions.restorer(info.signal());
            if (!SignalFrame.push(task, info, handler, flags, restorer)) {
                return false;
            }
        } catch (GuestFault noStack) {
            return false;
        }
        long blocked = task.signals().mask() | actions.mask(info.signal());
        if ((flags & SignalActions.SA_NODEFER) == 0) {
            blocked |= Signal.bit(info.signal());
        }
        task.signals().mask(blocked);
        return true;
    }
}
