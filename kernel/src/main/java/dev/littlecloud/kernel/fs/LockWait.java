package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;

/** A process waits for a record lock: an edge of the graph in which deadlocks are found. */
public final class LockWait implements PendingCall {
    private static final int MAX_CHAIN = 64;

    private final FdTable waiting;
    private FdTable holder;

    private LockWait(FdTable waiting, FdTable holder) {
        this.waiting = waiting;
        this.holder = holder;
    }

    /**
     * Notes that the task's process waits for {@code holder}.
     *
     * @return false where that closes a circle: EDEADLK
     */
    public static boolean begin(Task task, FdTable holder) {
        FdTable own = task.files();
        FdTable next = holder;
        for (int i = 0; i < MAX_CHAIN; i++) {
            if (next == own) {
                return false;
            }
            LockWait wait = next.lockWait;
            if (wait == null) {
                break;
            }
            next = wait.holder;
        }
        if (task.pending() instanceof LockWait known) {
            known.holder = holder;
        } else {
            LockWait wait = new LockWait(own, holder);
            own.lockWait = wait;
            task.pending(wait);
        }
        return true;
    }

    /** The wait is over: the lock was granted or refused. */
    public static void end(Task task) {
        if (task.pending() instanceof LockWait wait) {
            wait.cancel(task);
            task.pending(null);
        }
    }

    @Override
    public void cancel(Task task) {
        if (waiting.lockWait == this) {
            waiting.lockWait = null;
        }
    }
}
