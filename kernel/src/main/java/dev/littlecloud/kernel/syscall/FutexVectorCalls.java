package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.Futexes;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** The newer calls on futexes, one for each operation; futex_waitv(2) and its kin. */
final class FutexVectorCalls {
    private static final int SIZE_U32 = 2;
    private static final int SIZE_MASK = 3;
    private static final int PRIVATE = 128;
    private static final int MAX_WORDS = 128;

    /** Bytes of struct futex_waitv: value, address, flags, reserved. */
    private static final int WAITER_BYTES = 24;

    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;

    private FutexVectorCalls() {}

    static void register(SyscallTable table) {
        table.full(
                449,
                "futex_waitv",
                "ptr,int,hex,ptr,int",
                (Handler.Call5) FutexVectorCalls::waitForAny);
        table.full(454, "futex_wake", "ptr,hex,int,hex", (Handler.Call4) FutexVectorCalls::wake);
        table.full(
                455,
                "futex_wait",
                "ptr,int,hex,hex,ptr,int",
                (Handler.Call6) FutexVectorCalls::waitForOne);
        table.full(
                456, "futex_requeue", "ptr,hex,int,int", (Handler.Call4) FutexVectorCalls::requeue);
    }

    private static boolean isValid(long flags) {
        return (flags & ~(SIZE_MASK | PRIVATE) & 0xFFFF_FFFFL) == 0
                && (flags & SIZE_MASK) == SIZE_U32;
    }

    private static boolean isPrivate(long flags) {
        return (flags & PRIVATE) != 0;
    }

    private static boolean isInt(long value) {
        return value >>> 32 == 0;
    }

    /** Sets the task's deadline to an absolute time: 0 or {@code -errno}. */
    private static long deadline(Task task, long timeout, long clock) {
        if (timeout == 0) {
            return 0;
        }
        if ((int) clock != CLOCK_MONOTONIC && (int) clock != CLOCK_REALTIME) {
            return -Errno.EINVAL;
        }
        return FutexCalls.deadline(task, timeout, false, (int) clock == CLOCK_REALTIME);
    }

    private static long waitForAny(
            Task task, long waiters, long count, long flags, long timeout, long clock) {
        Futexes futexes = task.kernel().futexes();
        if (Futexes.isWaitingForAny(task)) {
            return futexes.resumeAny(task);
        }
        int words = (int) count;
        if ((int) flags != 0 || words <= 0 || words > MAX_WORDS || waiters == 0) {
            return -Errno.EINVAL;
        }
        long refused = deadline(task, timeout, clock);
        if (refused != 0) {
            return refused;
        }
        UserMemory memory = task.memory();
        long[] addresses = new long[words];
        int[] expected = new int[words];
        boolean[] isPrivate = new boolean[words];
        for (int i = 0; i < words; i++) {
            long at = waiters + (long) i * WAITER_BYTES;
            long value = memory.readLong(at);
            long wordFlags = memory.readInt(at + 16) & 0xFFFF_FFFFL;
            addresses[i] = memory.readLong(at + 8);
            if (!isValid(wordFlags)
                    || memory.readInt(at + 20) != 0
                    || !isInt(value)
                    || (addresses[i] & 3) != 0) {
                return -Errno.EINVAL;
            }
            expected[i] = (int) value;
            isPrivate[i] = isPrivate(wordFlags);
        }
        return futexes.waitForAny(task, addresses, expected, isPrivate);
    }

    private static long wake(Task task, long address, long mask, long count, long flags) {
        if (!isValid(flags) || !isInt(mask) || mask == 0 || (address & 3) != 0) {
            return -Errno.EINVAL;
        }
        if (!isPrivate(flags)) {
            task.memory().readInt(address);
        }
        int most = (int) count;
        return most == 0
                ? 0
                : task.kernel()
                        .futexes()
                        .wake(task, address, Math.max(most, 1), (int) mask, isPrivate(flags));
    }

    private static long waitForOne(
            Task task, long address, long value, long mask, long flags, long timeout, long clock) {
        if (!isValid(flags) || !isInt(value) || !isInt(mask) || mask == 0 || (address & 3) != 0) {
            return -Errno.EINVAL;
        }
        long refused = deadline(task, timeout, clock);
        return refused != 0
                ? refused
                : task.kernel()
                        .futexes()
                        .wait(task, address, (int) value, (int) mask, isPrivate(flags));
    }

    private static long requeue(Task task, long waiters, long flags, long wakes, long moves) {
        if ((int) flags != 0 || waiters == 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        long fromFlags = memory.readInt(waiters + 16) & 0xFFFF_FFFFL;
        long toFlags = memory.readInt(waiters + WAITER_BYTES + 16) & 0xFFFF_FFFFL;
        long expected = memory.readLong(waiters);
        long from = memory.readLong(waiters + 8);
        long to = memory.readLong(waiters + WAITER_BYTES + 8);
        if (!isValid(fromFlags)
                || !isValid(toFlags)
                || memory.readInt(waiters + 20) != 0
                || memory.readInt(waiters + WAITER_BYTES + 20) != 0
                || !isInt(expected)
                || !isInt(memory.readLong(waiters + WAITER_BYTES))
                || ((from | to) & 3) != 0
                || (int) wakes < 0
                || (int) moves < 0) {
            return -Errno.EINVAL;
        }
        if (memory.readInt(from) != (int) expected) {
            return -Errno.EAGAIN;
        }
        memory.readInt(to);
        return task.kernel()
                .futexes()
                .requeue(
                        task,
                        from,
                        isPrivate(fromFlags),
                        (int) wakes,
                        to,
                        isPrivate(toFlags),
                        (int) moves);
    }
}
