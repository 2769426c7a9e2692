package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.sysv.IpcObject;
import dev.littlecloud.kernel.ipc.sysv.IpcTable;
import dev.littlecloud.kernel.ipc.sysv.SemaphoreSet;
import dev.littlecloud.kernel.ipc.sysv.SemaphoreSet.Operation;
import dev.littlecloud.kernel.ipc.sysv.SemaphoreSet.Waiting;
import dev.littlecloud.kernel.ipc.sysv.SystemV;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;

/** System V semaphores: sets and operations; control is in {@link SemControl}. */
final class SemCalls {
    private static final int SEM_UNDO = 0x1000;
    private static final int SEMBUF_BYTES = 6;

    private SemCalls() {}

    static void register(SyscallTable table) {
        table.full(64, "semget", "int,int,oct", (Handler.Call3) SemCalls::semget);
        table.full(
                65,
                "semop",
                "int,ptr,int",
                (Handler.Call3) (task, id, ops, count) -> operate(task, id, ops, count, 0));
        table.full(66, "semctl", "int,int,int,long", (Handler.Call4) SemControl::semctl);
        table.full(220, "semtimedop", "int,ptr,int,ptr", (Handler.Call4) SemCalls::operate);
    }

    private static long semget(Task task, long keyWanted, long countWanted, long flags) {
        IpcTable<SemaphoreSet> sets = task.kernel().systemV().semaphores();
        int key = (int) keyWanted;
        int count = (int) countWanted;
        if (count < 0 || count > SystemV.SEMMSL) {
            return -Errno.EINVAL;
        }
        SemaphoreSet found = sets.byKey(key);
        if (found != null) {
            if ((flags & IpcCommands.CREATE_NEW) == IpcCommands.CREATE_NEW) {
                return -Errno.EEXIST;
            }
            if (!found.allows(task, (int) flags)) {
                return -Errno.EACCES;
            }
            return count > found.count() ? -Errno.EINVAL : found.id();
        }
        if (key != IpcObject.IPC_PRIVATE && (flags & IpcCommands.IPC_CREAT) == 0) {
            return -Errno.ENOENT;
        }
        if (count == 0) {
            return -Errno.EINVAL;
        }
        if (sets.isFull()) {
            return -Errno.ENOSPC;
        }
        if (!task.kernel().frames().charge(SemaphoreSet.charge(count))) {
            return -Errno.ENOMEM;
        }
        return sets.add(new SemaphoreSet(task, key, flags, count));
    }

    /** A call that waits: its operations were read once, and its set may go meanwhile. */
    private record Wait(SemaphoreSet set, Operation[] operations, Waiting[] shown)
            implements PendingCall {
        /** Tells which semaphore the call waits for now. */
        void show(int index) {
            hide();
            Operation blocking = operations[index];
            shown[0] = new Waiting(blocking.number(), blocking.change() == 0);
            set.waiting().add(shown[0]);
        }

        void hide() {
            set.waiting().remove(shown[0]);
        }

        @Override
        public void cancel(Task task) {
            hide();
        }
    }

    private static long operate(Task task, long id, long address, long count, long timeout) {
        Wait wait;
        if (task.pending() instanceof Wait begun) {
            wait = begun;
        } else {
            IpcTable<SemaphoreSet> sets = task.kernel().systemV().semaphores();
            if (count < 1 || (int) id < 0) {
                return -Errno.EINVAL;
            }
            if (count > SystemV.SEMOPM) {
                return -Errno.E2BIG;
            }
            Operation[] operations = read(task.memory(), address, (int) count);
            if (timeout != 0) {
                long nanos = TimeValues.readTimespec(task.memory(), timeout);
                if (nanos < 0) {
                    return nanos;
                }
                task.deadlineIn(nanos);
            }
            SemaphoreSet set = sets.byId(id);
            if (set == null) {
                return sets.whyMissing(id);
            }
            int problem = check(task, set, operations);
            if (problem != 0) {
                return problem;
            }
            wait = new Wait(set, operations, new Waiting[1]);
        }
        return run(task, wait);
    }

    private static long run(Task task, Wait wait) {
        SemaphoreSet set = wait.set;
        if (set.isRemoved()) {
            wait.hide();
            return -Errno.EIDRM;
        }
        int result = set.operate(task, wait.operations);
        if (result < 0) {
            wait.hide();
            return result == -1 ? 0 : result;
        }
        if (!wait.operations[result].waits() || task.isDeadlinePassed()) {
            wait.hide();
            return -Errno.EAGAIN;
        }
        wait.show(result);
        task.pending(wait);
        task.waitOn(set.changes());
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static Operation[] read(UserMemory memory, long address, int count) {
        Operation[] operations = new Operation[count];
        for (int i = 0; i < count; i++) {
            long at = address + (long) SEMBUF_BYTES * i;
            int number = memory.readShort(at) & 0xFFFF;
            int change = memory.readShort(at + 2);
            int flags = memory.readShort(at + 4);
            boolean waits = (flags & IpcCommands.IPC_NOWAIT) == 0;
            operations[i] = new Operation(number, change, waits, (flags & SEM_UNDO) != 0);
        }
        return operations;
    }

    private static int check(Task task, SemaphoreSet set, Operation[] operations) {
        boolean alters = false;
        for (Operation each : operations) {
            if (each.number() >= set.count()) {
                return -Errno.EFBIG;
            }
            alters |= each.change() != 0;
        }
        return set.allows(task, alters ? IpcObject.WRITE : IpcObject.READ) ? 0 : -Errno.EACCES;
    }
}
