package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;

/** Who may use the terminal: a background job that tries is stopped; setpgid(2), tcsetpgrp(3). */
final class JobControl {
    private JobControl() {}

    /**
     * Whether a task may go on with its terminal: 0, or {@code -EIO}, or {@link Task#BLOCK} after
     * its job was sent {@code signal}.
     *
     * @param signal SIGTTIN for reading, SIGTTOU for the rest
     * @param changes woken when the terminal changes, so that the task tries again
     */
    static long check(Task task, Terminal terminal, int signal, WaitQueue changes) {
        if (Terminal.of(task) != terminal) {
            return 0;
        }
        ProcessGroup own = task.group().processGroup();
        ProcessGroup foreground = terminal.foreground();
        if (foreground == null || foreground == own) {
            return 0;
        }
        if (isIgnored(task, signal)) {
            return signal == Signal.SIGTTIN ? -Errno.EIO : 0;
        }
        if (own.isOrphaned()) {
            return -Errno.EIO;
        }
        own.send(SigInfo.fromKernel(signal));
        return task.blockOn(changes);
    }

    private static boolean isIgnored(Task task, int signal) {
        return (task.signals().mask() & Signal.bit(signal)) != 0
                || task.group().actions().handler(signal) == SignalActions.SIG_IGN;
    }
}
