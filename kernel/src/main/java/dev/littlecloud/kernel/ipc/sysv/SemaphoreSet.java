package dev.littlecloud.kernel.ipc.sysv;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.Action;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A set of semaphores; semget(2). */
public final class SemaphoreSet extends IpcObject {
    /** Bytes of {@code struct semid64_ds}. */
    public static final int BYTES = 104;

    /** Java objects of a set and of one semaphore, charged to the instance. */
    private static final long SET_CHARGE = 512;

    private static final long SEMAPHORE_CHARGE = 16;

    /** {@code struct sembuf}: add to, or wait for zero of, one semaphore. */
    public record Operation(int number, int change, boolean waits, boolean undoes) {}

    /** What a blocked call waits for, for GETNCNT and GETZCNT. */
    public record Waiting(int number, boolean forZero) {}

    private final int[] values;
    private final int[] lastPids;
    private final WaitQueue changes = new WaitQueue();
    private final List<Waiting> waiting = new ArrayList<>(1);

    /** What is added back at the end of a process, by process. */
    private final Map<ThreadGroup, Undo> undo = new HashMap<>(2);

    /**
     * @param adjustments by semaphore
     * @param atExit what has them added
     */
    private record Undo(int[] adjustments, Action atExit) {}

    private long operatedAt;

    public SemaphoreSet(Task creator, int key, long flags, int count) {
        super(creator, key, flags);
        values = new int[count];
        lastPids = new int[count];
    }

    /** Bytes that a set of so many takes. */
    public static long charge(int count) {
        return SET_CHARGE + SEMAPHORE_CHARGE * count;
    }

    public int count() {
        return values.length;
    }

    public int value(int number) {
        return values[number];
    }

    public int lastPid(int number) {
        return lastPids[number];
    }

    public WaitQueue changes() {
        return changes;
    }

    public List<Waiting> waiting() {
        return waiting;
    }

    public int waitingCount(int number, boolean forZero) {
        int count = 0;
        for (Waiting each : waiting) {
            count += each.number == number && each.forZero == forZero ? 1 : 0;
        }
        return count;
    }

    /** SETVAL and SETALL: what processes would undo is forgotten for that semaphore. */
    public void set(Task task, int number, int value) {
        values[number] = value;
        lastPids[number] = task.group().pid();
        for (Undo each : undo.values()) {
            each.adjustments[number] = 0;
        }
        changed(task);
        changes.wakeAll();
    }

    /**
     * Does all operations or none.
     *
     * @return -1 when they were done, the index of the first that has to wait, or {@code -errno}
     *     (always below -1)
     */
    public int operate(Task task, Operation[] operations) {
        if (!canUndo(task.group(), operations)) {
            return -Errno.ENOSPC;
        }
        Undo own = undo.get(task.group());
        for (int i = 0; i < operations.length; i++) {
            Operation each = operations[i];
            long value = values[each.number] + (long) each.change;
            boolean blocks = each.change == 0 ? values[each.number] != 0 : value < 0;
            if (blocks || value > SystemV.SEMVMX || !adjust(own, each, -each.change)) {
                for (int done = i - 1; done >= 0; done--) {
                    values[operations[done].number] -= operations[done].change;
                    adjust(own, operations[done], operations[done].change);
                }
                return blocks ? i : -Errno.ERANGE;
            }
            values[each.number] = (int) value;
        }
        boolean altered = false;
        for (Operation each : operations) {
            lastPids[each.number] = task.group().pid();
            altered |= each.change != 0;
        }
        operatedAt = seconds(task);
        if (altered) {
            changes.wakeAll();
        }
        return -1;
    }

    /** Changes what is to be undone of a semaphore; false where that would be out of range. */
    private static boolean adjust(@Nullable Undo own, Operation operation, int change) {
        if (!operation.undoes || own == null) {
            return true;
        }
        int adjustment = own.adjustments[operation.number] + change;
        if (adjustment < -SystemV.SEMVMX - 1 || adjustment > SystemV.SEMVMX) {
            return false;
        }
        own.adjustments[operation.number] = adjustment;
        return true;
    }

    /** Makes room for what is to be undone; false where the instance's limit forbids it. */
    private boolean canUndo(ThreadGroup process, Operation[] operations) {
        boolean undoes = false;
        for (Operation each : operations) {
            undoes |= each.undoes && each.change != 0;
        }
        if (!undoes || undo.containsKey(process)) {
            return true;
        }
        if (!process.kernel().frames().charge(charge(values.length))) {
            return false;
        }
        process.traits().undoesSemaphores(true);
        Undo added = new Undo(new int[values.length], () -> undoAll(process));
        undo.put(process, added);
        process.atExit(added.atExit);
        return true;
    }

    /** The process ends: what it asked to be undone is added back; semop(2), "SEM_UNDO". */
    private void undoAll(ThreadGroup process) {
        Undo own = undo.remove(process);
        if (own == null) {
            return;
        }
        int[] adjustments = own.adjustments;
        process.kernel().frames().uncharge(charge(values.length));
        for (int i = 0; i < values.length; i++) {
            if (adjustments[i] != 0) {
                values[i] = Math.clamp((long) values[i] + adjustments[i], 0, SystemV.SEMVMX);
                lastPids[i] = process.pid();
            }
        }
        changes.wakeAll();
    }

    /** IPC_RMID: whoever waits gets EIDRM. */
    public void remove(Task task) {
        task.kernel().systemV().semaphores().remove(this);
        task.kernel().frames().uncharge(charge(values.length) * (1 + undo.size()));
        // Else a process would keep each set that it ever used.
        undo.forEach((process, each) -> process.notAtExit(each.atExit));
        undo.clear();
        changes.wakeAll();
    }

    @Override
    public String describe() {
        return describeIdentity()
                + " %10d".formatted(values.length)
                + describeOwners()
                + " %10d %10d%n".formatted(operatedAt, changedAt());
    }

    /** Writes {@code struct semid64_ds}. */
    public void write(UserMemory to, long address) {
        to.writeZeros(address, BYTES);
        writePermissions(to, address);
        to.writeLong(address + 48, operatedAt);
        to.writeLong(address + 64, changedAt());
        to.writeLong(address + 80, values.length);
    }
}
