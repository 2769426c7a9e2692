package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Waits on words of memory; futex(2). Guarded by the instance lock. */
public final class Futexes {
    public static final int MATCH_ANY = -1;

    /** A task that waits on a word. */
    private final class Waiting implements PendingCall {
        private final int bits;
        private final WaitQueue queue;
        private FutexKey key;
        private boolean woken;

        Waiting(FutexKey key, int bits, WaitQueue queue) {
            this.key = key;
            this.bits = bits;
            this.queue = queue;
        }

        @Override
        public void cancel(Task task) {
            remove(this);
        }
    }

    /** A task that waits on several words at once. */
    private final class WaitingForAny implements PendingCall {
        private final List<Waiting> words = new ArrayList<>();
        private final WaitQueue queue = new WaitQueue();

        /** Which word was woken, the last of several as Linux has it; -1 while none was. */
        private int woken() {
            for (int i = words.size() - 1; i >= 0; i--) {
                if (words.get(i).woken) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public void cancel(Task task) {
            words.forEach(Futexes.this::remove);
        }
    }

    private final Map<FutexKey, List<Waiting>> buckets = new HashMap<>();

    private final FutexLocks locks = new FutexLocks();
    private final FutexConditions conditions = new FutexConditions(locks);

    /** Words that name the owner of a mutex. */
    public FutexLocks locks() {
        return locks;
    }

    /** Words whose waiters become owners of a mutex. */
    public FutexConditions conditions() {
        return conditions;
    }

    private void remove(Waiting waiting) {
        List<Waiting> bucket = buckets.get(waiting.key);
        if (bucket != null) {
            bucket.remove(waiting);
            if (bucket.isEmpty()) {
                buckets.remove(waiting.key);
            }
        }
    }

    /**
     * FUTEX_WAIT and FUTEX_WAIT_BITSET. The caller has set the task's deadline.
     *
     * @return 0, {@code -EAGAIN}, {@code -ETIMEDOUT}, or {@link Task#BLOCK}
     */
    public long wait(Task task, long address, int expected, int bits, boolean isPrivate) {
        if (task.pending() instanceof Waiting waiting) {
            if (waiting.woken) {
                return 0;
            }
            if (task.isDeadlinePassed()) {
                remove(waiting);
                return -Errno.ETIMEDOUT;
            }
            return task.blockOn(waiting.queue);
        }
        if (task.memory().readInt(address) != expected) {
            return -Errno.EAGAIN;
        }
        if (task.isDeadlinePassed()) {
            return -Errno.ETIMEDOUT;
        }
        FutexKey key = FutexKey.of(task, address, isPrivate);
        Waiting waiting = add(key, bits, new WaitQueue());
        task.pending(waiting);
        return task.blockOn(waiting.queue);
    }

    private Waiting add(FutexKey key, int bits, WaitQueue queue) {
        Waiting waiting = new Waiting(key, bits, queue);
        buckets.computeIfAbsent(key, unused -> new ArrayList<>(2)).add(waiting);
        return waiting;
    }

    /** Whether the task's call is a {@link #waitForAny} that {@link #resumeAny} goes on with. */
    public static boolean isWaitingForAny(Task task) {
        return task.pending() instanceof WaitingForAny;
    }

    /**
     * Waits until one of several words is woken; futex_waitv(2). The caller has set the task's
     * deadline.
     *
     * @return as {@link #resumeAny}, or {@code -EAGAIN} where a word has another value
     */
    public long waitForAny(Task task, long[] addresses, int[] expected, boolean[] isPrivate) {
        for (int i = 0; i < addresses.length; i++) {
            if (task.memory().readInt(addresses[i]) != expected[i]) {
                return -Errno.EAGAIN;
            }
        }
        WaitingForAny waiting = new WaitingForAny();
        for (int i = 0; i < addresses.length; i++) {
            FutexKey key = FutexKey.of(task, addresses[i], isPrivate[i]);
            waiting.words.add(add(key, MATCH_ANY, waiting.queue));
        }
        task.pending(waiting);
        return resumeAny(task);
    }

    /**
     * Goes on with a wait for several words.
     *
     * @return which word was woken, {@code -ETIMEDOUT}, or {@link Task#BLOCK}
     */
    public long resumeAny(Task task) {
        if (!(task.pending() instanceof WaitingForAny waiting)) {
            throw new IllegalStateException("the task waits for no words");
        }
        int woken = waiting.woken();
        if (woken < 0 && !task.isDeadlinePassed()) {
            return task.blockOn(waiting.queue);
        }
        waiting.cancel(task);
        return woken < 0 ? -Errno.ETIMEDOUT : woken;
    }

    /** Wakes up to {@code count} waiters of a word; how many it were, or {@code -errno}. */
    public int wake(Task task, long address, int count, boolean isPrivate) {
        return wake(task, address, count, MATCH_ANY, isPrivate);
    }

    /** FUTEX_WAKE_BITSET: wakes waiters that share a bit with {@code bits}. */
    public int wake(Task task, long address, int count, int bits, boolean isPrivate) {
        if (buckets.isEmpty() && conditions.isUnused()) {
            return 0;
        }
        FutexKey key = FutexKey.of(task, address, isPrivate);
        int done = wake(key, count, bits);
        return done < count && conditions.isUsed(key) ? -Errno.EINVAL : done;
    }

    private int wake(FutexKey key, int count, int bits) {
        List<Waiting> bucket = buckets.get(key);
        if (bucket == null) {
            return 0;
        }
        int done = 0;
        for (Iterator<Waiting> each = bucket.iterator(); each.hasNext() && done < count; ) {
            Waiting waiting = each.next();
            if ((waiting.bits & bits) != 0) {
                each.remove();
                waiting.woken = true;
                waiting.queue.wakeAll();
                done++;
            }
        }
        if (bucket.isEmpty()) {
            buckets.remove(key);
        }
        return done;
    }

    /** FUTEX_CMP_REQUEUE_PI, its value compared; {@code -errno} where words are used otherwise. */
    public long requeueToLock(Task task, long from, long to, int moveCount, boolean isPrivate) {
        FutexKey source = FutexKey.of(task, from, isPrivate);
        FutexKey target = FutexKey.of(task, to, isPrivate);
        return source.equals(target) || buckets.containsKey(source)
                ? -Errno.EINVAL
                : conditions.requeue(source, target, moveCount);
    }

    /** FUTEX_REQUEUE: wakes some waiters and moves others to a second word. */
    public int requeue(
            Task task,
            long from,
            boolean isPrivate,
            int wakeCount,
            long to,
            boolean toPrivate,
            int moveCount) {
        FutexKey source = FutexKey.of(task, from, isPrivate);
        FutexKey target = FutexKey.of(task, to, toPrivate);
        int woken = wake(source, wakeCount, MATCH_ANY);
        if (conditions.isUsed(source)) {
            return -Errno.EINVAL;
        }
        List<Waiting> bucket = buckets.get(source);
        if (bucket == null || source.equals(target)) {
            return woken;
        }
        List<Waiting> other = buckets.computeIfAbsent(target, unused -> new ArrayList<>(2));
        int moved = 0;
        while (moved < moveCount && !bucket.isEmpty()) {
            Waiting waiting = bucket.removeFirst();
            waiting.key = target;
            other.add(waiting);
            moved++;
        }
        if (bucket.isEmpty()) {
            buckets.remove(source);
        }
        if (other.isEmpty()) {
            buckets.remove(target);
        }
        return woken + moved;
    }
}
