package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
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
        boolean blocked = inBlockedCall;
        Outcome outcome = Outcome.NONE;
        ThreadGroup group = task.group();
        while (!group.isExiting() && !group.isStopped()) {
            SigInfo info = task.signals().take(~task.signals().mask());
            if (info == null) {
                break;
            }
            SignalActions actions = group.actions();
            int signal = info.signal();
            long handler = actions.handler(signal);
            if (handler == SignalActions.SIG_IGN) {
                continue;
            }
            if (handler == SignalActions.SIG_DFL) {
                defaultAction(group, info);
                continue;
            }
            long flags = actions.flags(signal);
            if (blocked) {
                TaskCall.interrupt(task, (flags & SignalActions.SA_RESTART) != 0, -Errno.EINTR);
                blocked = false;
            }
            if ((flags & SignalActions.SA_RESETHAND) != 0) {
                actions.reset(signal);
            }
            if (!pushFrame(task, info, handler, flags, actions)) {
                if (signal == Signal.SIGSEGV) {
                    group.startExit(signal);
                    break;
                }
                // Its handler may well have a stack of its own.
                task.signals().force(SigInfo.fromKernel(Signal.SIGSEGV));
                continue;
            }
            outcome = Outcome.HANDLER;
        }
        return outcome;
    }

    private static void defaultAction(ThreadGroup group, SigInfo info) {
        int signal = info.signal();
        switch (Signal.defaultAction(signal)) {
            case IGNORE, CONTINUE -> {}
            case STOP -> {
                // Jobs nobody could continue are not stopped by the terminal; setpgid(2).
                if (signal == Signal.SIGSTOP || !group.processGroup().isOrphaned()) {
                    group.stop(signal);
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
