package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waits on a word that end with a mutex of {@link FutexLocks}: the condition variables of
 * FUTEX_WAIT_REQUEUE_PI, futex(2). Guarded by the instance lock.
 */
public final class FutexConditions {
    /** A task that waits on the word, and then for the mutex. */
    private final class Waiting implements PendingCall {
        private final Task task;
        private final FutexKey key;
        private final FutexKey mutexKey;
        private final long mutex;
        private final WaitQueue queue = new WaitQueue();
        private boolean isOwner;

        /** Its place among those that wait for the mutex, once it was moved there. */
        private FutexLocks.@Nullable Contender contender;

        Waiting(Task task, FutexKey key, FutexKey mutexKey, long mutex) {
            this.task = task;
            this.key = key;
            this.mutexKey = mutexKey;
            this.mutex = mutex;
        }

        @Override
        public void cancel(Task unused) {
            if (contender == null) {
                remove(this);
            } else {
                contender.cancel(task);
            }
        }
    }

    private final FutexLocks locks;
    private final Map<FutexKey, ArrayDeque<Waiting>> waiters = new HashMap<>();

    FutexConditions(FutexLocks locks) {
        this.locks = locks;
    }

    boolean isUnused() {
        return waiters.isEmpty();
    }

    /** Whether a task waits on a word in this way; other operations then refuse the word. */
    boolean isUsed(FutexKey key) {
        return waiters.containsKey(key);
    }

    private void remove(Waiting waiting) {
        ArrayDeque<Waiting> queue = waiters.get(waiting.key);
        if (queue != null) {
            queue.remove(waiting);
            if (queue.isEmpty()) {
                waiters.remove(waiting.key);
            }
        }
    }

    /**
     * FUTEX_WAIT_REQUEUE_PI. The caller has set the task's deadline.
     *
     * @return 0 as the mutex' owner, {@code -errno}, or {@link Task#BLOCK}
     */
    public long wait(Task task, long address, int expected, long mutex, boolean isPrivate) {
        if (task.pending() instanceof Waiting waiting) {
            return goOn(task, waiting);
        }
        if (address == mutex) {
            return -Errno.EINVAL;
        }
        FutexKey key = FutexKey.of(task, address, isPrivate);
        FutexKey mutexKey = FutexKey.of(task, mutex, isPrivate);
        if (task.memory().readInt(address) != expected) {
            return -Errno.EAGAIN;
        }
        if (key.equals(mutexKey)) {
            return -Errno.EINVAL;
        }
        Waiting waiting = new Waiting(task, key, mutexKey, mutex);
        waiters.computeIfAbsent(key, unused -> new ArrayDeque<>()).add(waiting);
        task.pending(waiting);
        return goOn(task, waiting);
    }

    private static long goOn(Task task, Waiting waiting) {
        FutexLocks.Contender contender = waiting.contender;
        if (waiting.isOwner || (contender != null && contender.isOwner())) {
            return 0;
        }
        if (task.isDeadlinePassed()) {
            waiting.cancel(task);
            return -Errno.ETIMEDOUT;
        }
        task.blockOn(waiting.queue);
        // Who was moved has been told of, so waiting again would be for nothing.
        return task.block(contender == null ? Restart.ALWAYS : Restart.TRY_AGAIN);
    }

    /**
     * FUTEX_CMP_REQUEUE_PI, its value compared: gives the mutex to the first waiter if it is free,
     * and moves {@code moves} others there, or one more if it is not.
     *
     * @return how many it were, or {@code -errno}
     */
    public long requeue(FutexKey from, FutexKey to, int moves) {
        ArrayDeque<Waiting> queue = waiters.get(from);
        long done = 0;
        while (queue != null && !queue.isEmpty() && done <= moves) {
            Waiting first = queue.getFirst();
            if (!first.mutexKey.equals(to)) {
                return -Errno.EINVAL;
            }
            long taken = locks.take(first.task, to, first.mutex, moves > 0);
            if (taken < 0) {
                return taken;
            }
            if (taken == FutexLocks.HELD) {
                first.contender = locks.enter(first.task, to, first.mutex, first.queue);
            } else {
                first.isOwner = true;
            }
            remove(first);
            // Also who was only moved runs, since signals now end its call in another way.
            first.queue.wakeAll();
            done++;
        }
        return done;
    }
}
