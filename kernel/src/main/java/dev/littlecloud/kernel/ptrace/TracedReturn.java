package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalDelivery;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.machine.Registers;

/** What a traced thread does before it returns to its program: all but calls that stops come of. */
public final class TracedReturn {
    private TracedReturn() {}

    /** False where the thread stops, or ends, instead of returning. */
    public static boolean prepare(Task task, Tracee tracee) {
        // It may have been about to step, and then have left its processor to another thread.
        Stepping.end(task, tracee);
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
                long[] registers = task.run().registers();
                if (info == null && tracee.breakpoints().isReached(registers)) {
                    long rip = registers[Registers.RIP];
                    info = SigInfo.fault(Signal.SIGTRAP, SigInfo.TRAP_HWBKPT, rip);
                }
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
