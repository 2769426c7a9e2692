package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskTable;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.task.Waiter;
import org.jspecify.annotations.Nullable;

/** Signal-driven I/O on an open file: F_SETOWN, F_SETSIG and O_ASYNC of fcntl(2). */
public final class AsyncNotice extends Waiter {
    public static final int THREAD = 0;
    public static final int PROCESS = 1;
    public static final int PROCESS_GROUP = 2;

    private static final int POLL_IN = 1;
    private static final int POLL_OUT = 2;
    private static final int POLL_ERR = 4;
    private static final int POLL_HUP = 6;

    private final OpenFile file;
    private @Nullable TaskTable tasks;
    private int ownerKind = PROCESS;
    private int ownerId;
    private int signal;
    private int descriptor;

    AsyncNotice(OpenFile file) {
        this.file = file;
    }

    public int ownerKind() {
        return ownerKind;
    }

    /** A thread, process or process group; 0 for nobody. */
    public int ownerId() {
        return ownerId;
    }

    public void owner(Task by, int kind, int id) {
        tasks = by.kernel().tasks();
        ownerKind = kind;
        ownerId = id;
    }

    /** The signal that is sent, 0 for SIGIO without details. */
    public int signal() {
        return signal;
    }

    public void signal(int newSignal) {
        signal = newSignal;
    }

    /** Switches O_ASYNC: 0, or {@code -ENOTTY} where readiness is not announced. */
    public int enable(boolean on, int fd) {
        WaitQueue queue = file.waitQueue();
        if (queue == null) {
            return on ? -Errno.ENOTTY : 0;
        }
        unlink();
        if (on) {
            descriptor = fd;
            queue.add(this);
        }
        return 0;
    }

    @Override
    protected boolean woken(int events) {
        TaskTable all = tasks;
        if (all == null || ownerId == 0) {
            return false;
        }
        SigInfo info =
                signal == 0
                        ? SigInfo.fromKernel(Signal.SIGIO)
                        : SigInfo.poll(signal, code(events), events & 0xffff, descriptor);
        switch (ownerKind) {
            case THREAD -> {
                Task task = all.task(ownerId);
                if (task != null) {
                    task.signals().send(info);
                }
            }
            case PROCESS -> {
                ThreadGroup process = all.process(ownerId);
                if (process != null) {
                    SignalSending.toProcess(process, info);
                }
            }
            default -> {
                ProcessGroup group = all.group(ownerId);
                if (group != null) {
                    group.send(info);
                }
            }
        }
        return false;
    }

    private static int code(int events) {
        if ((events & PollEvents.HUP) != 0) {
            return POLL_HUP;
        }
        if ((events & PollEvents.ERR) != 0) {
            return POLL_ERR;
        }
        return (events & PollEvents.IN) != 0 ? POLL_IN : POLL_OUT;
    }
}
