package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.ThreadGroup;

/**
 * The end of a traced thread, or of a process whose parent hears of it after its tracer.
 *
 * @param status as wait4(2) gives it
 */
public record TracedDeath(ThreadGroup group, int tid, int uid, int status) {
    boolean isOfProcess() {
        return tid == group.pid();
    }

    int code() {
        return (status & 0x7F) == 0 ? SigInfo.CLD_EXITED : SigInfo.CLD_KILLED;
    }

    /** Exit code or signal. */
    int detail() {
        return (status & 0x7F) == 0 ? status >> 8 & 0xFF : status & 0x7F;
    }

    /** The tracer knows now, or has ended itself. */
    void forget() {
        if (isOfProcess()) {
            group.heldForTracer(false);
            TaskExit.tellParent(group);
        } else {
            group.kernel().tasks().tracedThreadForgotten();
            if (group.untoldEnds(-1) == 0 && group.isZombie()) {
                TaskExit.announce(group);
            }
        }
    }
}
