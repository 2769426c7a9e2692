package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.Futexes;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;

/** futex(2) and the words that a thread's end touches. */
final class FutexCalls {
    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int REQUEUE = 3;
    private static final int CMP_REQUEUE = 4;
    private static final int WAKE_OP = 5;
    private static final int LOCK_PI = 6;
    private static final int UNLOCK_PI = 7;
    private static final int TRYLOCK_PI = 8;
    private static final int WAIT_BITSET = 9;
    private static final int WAKE_BITSET = 10;
    private static final int WAIT_REQUEUE_PI = 11;
    private static final int CMP_REQUEUE_PI = 12;
    private static final int LOCK_PI2 = 13;
    private static final int PRIVATE = 128;
    private static final int CLOCK_REALTIME = 256;
    private static final int ROBUST_HEAD_BYTES = 24;

    private FutexCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                202,
                "futex",
                "ptr,hex,int,ptr,ptr,int",
                (Handler.Call6) FutexCalls::futex,
                "the operations of mutexes inherit no priorities");
        table.full(218, "set_tid_address", "ptr", (Handler.Call1) FutexCalls::setTidAddress);
        table.full(273, "set_robust_list", "ptr,int", (Handler.Call2) FutexCalls::setRobustList);
        table.full(
                274, "get_robust_list", "int,ptr,ptr", (Handler.Call3) FutexCalls::getRobustList);
    }

    private static long futex(
            Task task,
            long address,
            long operation,
            long value,
            long timeout,
            long second,
            long value3) {
        boolean isPrivate = (operation & PRIVATE) != 0;
        boolean realtime = (operation & CLOCK_REALTIME) != 0;
        int command = (int) operation & ~(PRIVATE | CLOCK_REALTIME);
        if ((address & 3) != 0) {
            return -Errno.EINVAL;
        }
        if (realtime && !mayBeRealtime(command)) {
            return -Errno.ENOSYS;
        }
        Futexes futexes = task.kernel().futexes();
        int count = (int) value;
        switch (command) {
            case WAIT, WAIT_BITSET -> {
                int bits = command == WAIT ? Futexes.MATCH_ANY : (int) value3;
                if (bits == 0) {
                    return -Errno.EINVAL;
                }
                long refused = deadline(task, timeout, command == WAIT, realtime);
                if (refused != 0) {
                    return refused;
                }
                long result = futexes.wait(task, address, count, bits, isPrivate);
                if (result == Task.BLOCK) {
                    // With a timeout a handler ends the wait, whatever SA_RESTART says; signal(7).
                    task.block(timeout == 0 ? Restart.WITH_SA_RESTART : Restart.WITHOUT_HANDLER);
                }
                return result;
            }
            case WAKE -> {
                checkReadable(task, address, isPrivate);
                return futexes.wake(task, address, Math.max(count, 1), isPrivate);
            }
            case WAKE_BITSET -> {
                return (int) value3 == 0
                        ? -Errno.EINVAL
                        : futexes.wake(task, address, Math.max(count, 1), (int) value3, isPrivate);
            }
            case REQUEUE, CMP_REQUEUE -> {
                if (count < 0 || (int) timeout < 0 || (second & 3) != 0) {
                    return -Errno.EINVAL;
                }
                int found = task.memory().readInt(address);
                if (command == CMP_REQUEUE && found != (int) value3) {
                    return -Errno.EAGAIN;
                }
                task.memory().readInt(second);
                return futexes.requeue(
                        task, address, isPrivate, count, second, isPrivate, (int) timeout);
            }
            case LOCK_PI, LOCK_PI2 -> {
                boolean isReal = realtime || command == LOCK_PI;
                long refused = deadline(task, timeout, false, isReal);
                return refused != 0
                        ? refused
                        : futexes.locks().lock(task, address, isPrivate, true);
            }
            case TRYLOCK_PI -> {
                return futexes.locks().lock(task, address, isPrivate, false);
            }
            case UNLOCK_PI -> {
                return futexes.locks().unlock(task, address, isPrivate);
            }
            case WAIT_REQUEUE_PI -> {
                long refused = deadline(task, timeout, false, realtime);
                if (refused != 0) {
                    return refused;
                }
                return (second & 3) != 0
                        ? -Errno.EINVAL
                        : futexes.conditions().wait(task, address, count, second, isPrivate);
            }
            case CMP_REQUEUE_PI -> {
                if (count != 1 || (int) timeout < 0 || (second & 3) != 0 || address == second) {
                    return -Errno.EINVAL;
                }
                if (task.memory().readInt(address) != (int) value3) {
                    return -Errno.EAGAIN;
                }
                task.memory().readInt(second);
                return futexes.requeueToLock(task, address, second, (int) timeout, isPrivate);
            }
            case WAKE_OP -> {
                return wakeOp(task, address, count, (int) timeout, second, (int) value3, isPrivate);
            }
            default -> {
                return -Errno.ENOSYS;
            }
        }
    }

    private static boolean mayBeRealtime(int command) {
        return switch (command) {
            case WAIT, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2 -> true;
            default -> false;
        };
    }

    /** A shared wait needs memory to be there to know what it is keyed by; futex(2), EFAULT. */
    private static void checkReadable(Task task, long address, boolean isPrivate) {
        if (!isPrivate) {
            task.memory().readInt(address);
        }
    }

    /** Sets when a wait gives up: 0 or {@code -errno}. */
    static long deadline(Task task, long timeout, boolean relative, boolean realtime) {
        if (timeout == 0) {
            return 0;
        }
        UserMemory memory = task.memory();
        long seconds = memory.readLong(timeout);
        long nanos = memory.readLong(timeout + 8);
        if (seconds < 0 || nanos < 0 || nanos >= 1_000_000_000) {
            return -Errno.EINVAL;
        }
        long total =
                seconds > Long.MAX_VALUE / 2_000_000_000L
                        ? Task.FOREVER
                        : seconds * 1_000_000_000L + nanos;
        if (total == Task.FOREVER) {
            task.deadlineIn(-1);
        } else if (relative) {
            task.deadlineIn(total);
        } else if (realtime) {
            task.deadlineIn(Math.max(0, total - task.kernel().clock().realtimeNanos()));
        } else {
            task.deadlineAt(total);
        }
        return 0;
    }

    /** FUTEX_WAKE_OP: changes the second word, wakes the first, and the second if it was so. */
    private static long wakeOp(
            Task task,
            long first,
            int count,
            int count2,
            long second,
            int encoded,
            boolean isPrivate) {
        if ((second & 3) != 0) {
            return -Errno.EINVAL;
        }
        int operation = encoded >>> 28 & 7;
        boolean shifted = (encoded >>> 31) != 0;
        int comparison = encoded >>> 24 & 15;
        int operand = encoded << 8 >> 20;
        int compared = encoded << 20 >> 20;
        int applied = shifted ? 1 << (operand & 31) : operand;
        if (operation > 4) {
            return -Errno.ENOSYS;
        }
        checkReadable(task, first, isPrivate);
        UserMemory memory = task.memory();
        int old;
        int changed;
        do {
            old = memory.readInt(second);
            changed =
                    switch (operation) {
                        case 0 -> applied;
                        case 1 -> old + applied;
                        case 2 -> old | applied;
                        case 3 -> old & ~applied;
                        default -> old ^ applied;
                    };
        } while (memory.compareAndExchangeInt(second, old, changed) != old);
        boolean holds =
                switch (comparison) {
                    case 0 -> old == compared;
                    case 1 -> old != compared;
                    case 2 -> old < compared;
                    case 3 -> old <= compared;
                    case 4 -> old > compared;
                    case 5 -> old >= compared;
                    default -> false;
                };
        Futexes futexes = task.kernel().futexes();
        long woken = futexes.wake(task, first, Math.max(count, 1), isPrivate);
        if (woken < 0 || !holds) {
            return woken;
        }
        long others = futexes.wake(task, second, Math.max(count2, 1), isPrivate);
        return others < 0 ? others : woken + others;
    }

    private static long setTidAddress(Task task, long address) {
        task.clearChildTid(address);
        return task.tid();
    }

    private static long setRobustList(Task task, long head, long bytes) {
        if (bytes != ROBUST_HEAD_BYTES) {
            return -Errno.EINVAL;
        }
        task.robustList(head);
        return 0;
    }

    private static long getRobustList(Task task, long tid, long head, long bytes) {
        Task target = (int) tid == 0 ? task : task.kernel().tasks().task((int) tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeLong(bytes, ROBUST_HEAD_BYTES);
        task.memory().writeLong(head, target.robustList());
        return 0;
    }
}
