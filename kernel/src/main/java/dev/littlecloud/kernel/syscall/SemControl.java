package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.sysv.IpcObject;
import dev.littlecloud.kernel.ipc.sysv.IpcTable;
import dev.littlecloud.kernel.ipc.sysv.SemaphoreSet;
import dev.littlecloud.kernel.ipc.sysv.SystemV;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** semctl(2). */
final class SemControl {
    private static final int GETPID = 11;
    private static final int GETVAL = 12;
    private static final int GETALL = 13;
    private static final int GETNCNT = 14;
    private static final int GETZCNT = 15;
    private static final int SETVAL = 16;
    private static final int SETALL = 17;
    private static final int SEM_STAT = 18;
    private static final int SEM_INFO = 19;
    private static final int SEM_STAT_ANY = 20;

    private static final int UNDO_BYTES = 20;

    private SemControl() {}

    static long semctl(Task task, long id, long number, long command, long argument) {
        IpcTable<SemaphoreSet> sets = task.kernel().systemV().semaphores();
        int what = (int) command;
        if ((int) id < 0) {
            return -Errno.EINVAL;
        }
        if (what == IpcCommands.IPC_INFO || what == SEM_INFO) {
            return writeLimits(task.memory(), argument, sets, what == SEM_INFO);
        }
        boolean bySlot = what == SEM_STAT || what == SEM_STAT_ANY;
        SemaphoreSet set = bySlot ? sets.inSlot(id) : sets.byId(id);
        if (set == null) {
            return bySlot ? -Errno.EINVAL : sets.whyMissing(id);
        }
        return switch (what) {
            case IpcCommands.IPC_STAT, SEM_STAT, SEM_STAT_ANY -> {
                if (what != SEM_STAT_ANY && !set.allows(task, IpcObject.READ)) {
                    yield -Errno.EACCES;
                }
                set.write(task.memory(), argument);
                yield bySlot ? set.id() : 0;
            }
            case IpcCommands.IPC_SET -> {
                if (!set.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                set.setPermissions(task, argument);
                yield 0;
            }
            case IpcCommands.IPC_RMID -> {
                if (!set.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                set.remove(task);
                yield 0;
            }
            case GETALL -> getAll(task, set, argument);
            case SETALL -> setAll(task, set, argument);
            case GETPID, GETVAL, GETNCNT, GETZCNT, SETVAL ->
                    one(task, set, number, what, (int) argument);
            default -> -Errno.EINVAL;
        };
    }

    private static long one(Task task, SemaphoreSet set, long number, int what, int value) {
        if (number < 0 || number >= set.count()) {
            return -Errno.EINVAL;
        }
        int index = (int) number;
        boolean writes = what == SETVAL;
        if (writes && (value < 0 || value > SystemV.SEMVMX)) {
            return -Errno.ERANGE;
        }
        if (!set.allows(task, writes ? IpcObject.WRITE : IpcObject.READ)) {
            return -Errno.EACCES;
        }
        return switch (what) {
            case GETPID -> set.lastPid(index);
            case GETVAL -> set.value(index);
            case GETNCNT -> set.waitingCount(index, false);
            case GETZCNT -> set.waitingCount(index, true);
            default -> {
                set.set(task, index, value);
                yield 0;
            }
        };
    }

    private static long getAll(Task task, SemaphoreSet set, long address) {
        if (!set.allows(task, IpcObject.READ)) {
            return -Errno.EACCES;
        }
        for (int i = 0; i < set.count(); i++) {
            task.memory().writeShort(address + 2L * i, (short) set.value(i));
        }
        return 0;
    }

    private static long setAll(Task task, SemaphoreSet set, long address) {
        if (!set.allows(task, IpcObject.WRITE)) {
            return -Errno.EACCES;
        }
        int[] values = new int[set.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = task.memory().readShort(address + 2L * i) & 0xFFFF;
            if (values[i] > SystemV.SEMVMX) {
                return -Errno.ERANGE;
            }
        }
        for (int i = 0; i < values.length; i++) {
            set.set(task, i, values[i]);
        }
        return 0;
    }

    /** {@code struct seminfo}; with {@code inUse} two of its fields tell what there is. */
    private static long writeLimits(
            UserMemory memory, long address, IpcTable<SemaphoreSet> sets, boolean inUse) {
        int total = 0;
        for (SemaphoreSet set : sets.all()) {
            total += set.count();
        }
        int[] fields = {
            SystemV.SEMMNS,
            SystemV.SEMMNI,
            SystemV.SEMMNS,
            SystemV.SEMMNS,
            SystemV.SEMMSL,
            SystemV.SEMOPM,
            SystemV.SEMOPM,
            inUse ? sets.count() : UNDO_BYTES,
            SystemV.SEMVMX,
            inUse ? total : SystemV.SEMVMX
        };
        for (int i = 0; i < fields.length; i++) {
            memory.writeInt(address + 4L * i, fields[i]);
        }
        return sets.highestSlot();
    }
}
