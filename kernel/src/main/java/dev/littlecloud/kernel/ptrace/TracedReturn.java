package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalDelivery;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;

/** What a traced thread does before it returns to its program: all but calls that stops come of. */
public final class TracedReturn {
    private TracedReturn() {}

    /** False where the thread stops, or ends, instead of returning. */
    public static boolean prepare(Task task, Tracee tracee) {
        boolean isHandled = false;
        while (true) {
            if (TaskExit.isDue(task)) {
                if (!tracee.stopsAtExit(TaskExit.statusOf(task))) {
                    TaskExit.exit(task);
                }
                return false;
            }
            if (tracee.stopForDue() || tracee.stopForGroup()) {
                return false;
            }
            SigInfo info = tracee.takeInjected();
            if (info == null) {
                info = task.signals().take(~task.signals().mask());
                if (info == null) {
                    break;
                }
                tracee.begin(TraceStop.signal(info));
                return false;
            }
            if ((task.signals().mask() & Signal.bit(info.signal())) != 0) {
                task.signals().pending().add(info);
                continue;
            }
            isHandled |= SignalDelivery.act(task, info, false);
        }
        if (!isHandled) {
            TracedCalls.settleForReturn(task, tracee);
            task.signals().restoreMask();
        }
        Stepping.begin(task, tracee);
        return true;
    }
}
