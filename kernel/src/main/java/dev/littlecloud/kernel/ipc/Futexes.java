package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Waits on words of memory; futex(2). Guarded by the instance lock. */
public final class Futexes {
    public static final int MATCH_ANY = -1;

    /**
     * What makes two words the same: address space and address, or file and offset where the memory
     * is shared.
     */
    private record Key(Object owner, long position) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key(Object otherOwner, long otherPosition)
                    && otherOwner == owner
                    && otherPosition == position;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(owner) * 31 + Long.hashCode(position);
        }
    }

    /** A task that waits on a word. */
    private final class Waiting implements PendingCall {
        private final int bits;
        private Key key;
        private boolean woken;
        private final WaitQueue queue = new WaitQueue();

        Waiting(Key key, int bits) {
            this.key = key;
            this.bits = bits;
        }

        @Override
        public void cancel(Task task) {
            remove(this);
        }
    }

    private final Map<Key, List<Waiting>> buckets = new HashMap<>();

    private static Key key(Task task, long address, boolean isPrivate) {
        if (!isPrivate) {
            Vma area = task.space().areaAt(address);
            PageCache file = area == null ? null : area.file();
            if (area != null && area.isShared() && file != null) {
                return new Key(file, area.fileOffset() + address - area.start());
            }
        }
        return new Key(task.space(), address);
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
        Waiting waiting = new Waiting(key(task, address, isPrivate), bits);
        buckets.computeIfAbsent(waiting.key, unused -> new ArrayList<>(2)).add(waiting);
        task.pending(waiting);
        return task.blockOn(waiting.queue);
    }

    /** Wakes up to {@code count} waiters of a word; how many it were. */
    public int wake(Task task, long address, int count, boolean isPrivate) {
        return wake(task, address, count, MATCH_ANY, isPrivate);
    }

    /** FUTEX_WAKE_BITSET: wakes waiters that share a bit with {@code bits}. */
    public int wake(Task task, long address, int count, int bits, boolean isPrivate) {
        if (buckets.isEmpty()) {
            return 0;
        }
        Key key = key(task, address, isPrivate);
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

    /** FUTEX_REQUEUE: wakes some waiters and moves others to a second word. */
    public int requeue(
            Task task, long from, int wakeCount, long to, int moveCount, boolean isPrivate) {
        int woken = wake(task, from, wakeCount, isPrivate);
        Key source = key(task, from, isPrivate);
        Key target = key(task, to, isPrivate);
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
