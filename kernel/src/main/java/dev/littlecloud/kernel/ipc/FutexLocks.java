package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Mutexes that the kernel hands from owner to owner: the priority-inheriting operations of
 * futex(2). Tasks take equal turns here, so nothing is inherited; what stays is that the word names
 * its owner. Guarded by the instance lock.
 */
public final class FutexLocks {
    private static final int WAITERS = 0x8000_0000;
    private static final int OWNER_DIED = 0x4000_0000;
    private static final int TID_MASK = 0x3fff_ffff;

    /** What {@link #take} answers where the mutex has another owner. */
    static final int HELD = 1;

    /** A task that waits to become the owner. */
    final class Contender implements PendingCall {
        private final Task task;
        private final FutexKey key;
        private final long address;
        private final WaitQueue queue;
        private boolean isOwner;

        private Contender(Task task, FutexKey key, long address, WaitQueue queue) {
            this.task = task;
            this.key = key;
            this.address = address;
            this.queue = queue;
        }

        boolean isOwner() {
            return isOwner;
        }

        @Override
        public void cancel(Task unused) {
            remove(this);
        }
    }

    private final Map<FutexKey, ArrayDeque<Contender>> contenders = new HashMap<>();

    private void remove(Contender contender) {
        ArrayDeque<Contender> queue = contenders.get(contender.key);
        if (queue != null) {
            queue.remove(contender);
            if (queue.isEmpty()) {
                contenders.remove(contender.key);
            }
        }
    }

    /**
     * FUTEX_LOCK_PI, and FUTEX_TRYLOCK_PI where it may not wait. The caller has set the deadline.
     *
     * @return 0, {@code -errno}, or {@link Task#BLOCK}
     */
    public long lock(Task task, long address, boolean isPrivate, boolean waits) {
        if (task.pending() instanceof Contender contender) {
            if (contender.isOwner) {
                return 0;
            }
            if (task.isDeadlinePassed()) {
                remove(contender);
                return -Errno.ETIMEDOUT;
            }
            task.blockOn(contender.queue);
            return task.block(Restart.ALWAYS);
        }
        FutexKey key = FutexKey.of(task, address, isPrivate);
        long taken = take(task, key, address, false);
        if (taken != HELD) {
            return taken;
        }
        if (!waits) {
            return -Errno.EAGAIN;
        }
        if (task.isDeadlinePassed()) {
            return -Errno.ETIMEDOUT;
        }
        Contender contender = enter(task, key, address, new WaitQueue());
        task.pending(contender);
        task.blockOn(contender.queue);
        return task.block(Restart.ALWAYS);
    }

    /**
     * Makes a task the owner of a free mutex.
     *
     * @param isWaitedFor whether others are about to wait for it
     * @return 0, {@code -errno}, or {@link #HELD}: its owner then hands it over when it unlocks
     */
    long take(Task task, FutexKey key, long address, boolean isWaitedFor) {
        UserMemory memory = task.memory();
        while (true) {
            int value = memory.readInt(address);
            int owner = value & TID_MASK;
            if (owner == task.tid()) {
                return -Errno.EDEADLK;
            }
            if (owner == 0) {
                int waiters = isWaitedFor || contenders.containsKey(key) ? WAITERS : 0;
                int taken = task.tid() | (value & OWNER_DIED) | waiters;
                if (memory.compareAndExchangeInt(address, value, taken) == value) {
                    return 0;
                }
            } else if (task.kernel().tasks().task(owner) == null) {
                return -Errno.ESRCH;
            } else if (memory.compareAndExchangeInt(address, value, value | WAITERS) == value) {
                return HELD;
            }
        }
    }

    /** Puts a task behind those that wait for a mutex; {@code queue} is woken when it is its turn. */
    Contender enter(Task task, FutexKey key, long address, WaitQueue queue) {
        Contender contender = new Contender(task, key, address, queue);
        contenders.computeIfAbsent(key, unused -> new ArrayDeque<>()).add(contender);
        return contender;
    }

    /** FUTEX_UNLOCK_PI: the first that waits becomes the owner. */
    public long unlock(Task task, long address, boolean isPrivate) {
        if ((task.memory().readInt(address) & TID_MASK) != task.tid()) {
            return -Errno.EPERM;
        }
        ArrayDeque<Contender> queue = contenders.get(FutexKey.of(task, address, isPrivate));
        Contender next = queue == null ? null : queue.peekFirst();
        exchange(task.memory(), address, next == null ? 0 : next.task.tid() | WAITERS);
        if (next != null) {
            makeOwner(next);
        }
        return 0;
    }

    private static void exchange(UserMemory memory, long address, int value) {
        int old;
        do {
            old = memory.readInt(address);
        } while (memory.compareAndExchangeInt(address, old, value) != old);
    }

    private void makeOwner(Contender next) {
        next.isOwner = true;
        remove(next);
        next.queue.wakeAll();
    }

    /** A thread ends: what it still owned goes to those that wait for it, marked. */
    public void ownerDied(Task task) {
        if (contenders.isEmpty()) {
            return;
        }
        for (ArrayDeque<Contender> queue : new ArrayList<>(contenders.values())) {
            Contender next = queue.getFirst();
            UserMemory memory = next.task.memory();
            try {
                int owner = memory.readInt(next.address) & TID_MASK;
                // 0: the list of robust mutexes has already said that the owner died.
                if (owner == task.tid() || owner == 0) {
                    exchange(memory, next.address, next.task.tid() | WAITERS | OWNER_DIED);
                    makeOwner(next);
                }
            } catch (GuestFault gone) {
                // The mutex was unmapped under those that wait for it; so do they on Linux.
                continue;
            }
        }
    }
}
