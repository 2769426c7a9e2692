package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** Mutexes whose owner died while it held them; get_robust_list(2), futex(7). */
public final class RobustList {
    private static final int FUTEX_WAITERS = 0x8000_0000;
    private static final int FUTEX_OWNER_DIED = 0x4000_0000;
    private static final int FUTEX_TID_MASK = 0x3fff_ffff;

    /** A program may make the list a ring: Linux gives up at the same length. */
    private static final int LIMIT = 2048;

    private RobustList() {}

    /** Marks every mutex on a dying thread's list and wakes one waiter of each. */
    public static void ownerDied(Task task) {
        long head = task.robustList();
        if (head == 0) {
            return;
        }
        UserMemory memory = task.memory();
        long entry = memory.readLong(head);
        long offset = memory.readLong(head + 8);
        long pending = memory.readLong(head + 16);
        for (int i = 0; i < LIMIT && (entry & ~1L) != head; i++) {
            long next = memory.readLong(entry & ~1L);
            if ((entry & ~1L) != (pending & ~1L)) {
                release(task, (entry & ~1L) + offset);
            }
            entry = next;
        }
        if (pending != 0) {
            release(task, (pending & ~1L) + offset);
        }
    }

    private static void release(Task task, long word) {
        UserMemory memory = task.memory();
        while ((word & 3) == 0) {
            int value = memory.readInt(word);
            if ((value & FUTEX_TID_MASK) != task.tid()) {
                return;
            }
            int died = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
            if (memory.compareAndExchangeInt(word, value, died) == value) {
                if ((value & FUTEX_WAITERS) != 0) {
                    task.kernel().futexes().wake(task, word, 1, false);
                }
                return;
            }
        }
    }
}
