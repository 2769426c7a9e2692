package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;

/** poll(2) and ppoll(2). */
final class PollCalls {
    /** sizeof(struct pollfd). */
    private static final int ENTRY_BYTES = 8;

    /** What poll reports whether asked or not. */
    private static final int ALWAYS = PollEvents.ERR | PollEvents.HUP | PollEvents.NVAL;

    private PollCalls() {}

    static void register(SyscallTable table) {
        table.full(7, "poll", "ptr,int,int", (Handler.Call3) PollCalls::poll);
        table.full(271, "ppoll", "ptr,int,ptr,ptr,int", (Handler.Call5) PollCalls::ppoll);
    }

    private static long poll(Task task, long entries, long count, long timeoutMillis) {
        int millis = (int) timeoutMillis;
        task.deadlineIn(millis < 0 ? -1 : millis * 1_000_000L);
        return wait(task, entries, count, millis == 0);
    }

    private static long ppoll(
            Task task, long entries, long count, long timeout, long mask, long maskBytes) {
        long nanos = -1;
        if (timeout != 0) {
            nanos = TimeValues.readTimespec(task.memory(), timeout);
            if (nanos < 0) {
                return -Errno.EINVAL;
            }
        }
        task.deadlineIn(nanos);
        if (mask != 0) {
            if (maskBytes != 8) {
                return -Errno.EINVAL;
            }
            task.signals().temporaryMask(task.memory().readLong(mask));
        }
        long result = wait(task, entries, count, nanos == 0);
        if (timeout != 0 && result >= 0) {
            TimeValues.writeTimespec(task.memory(), timeout, remaining(task));
        }
        return result;
    }

    /** What is left of the timeout, as Linux writes it back. */
    static long remaining(Task task) {
        long left = task.deadline() - task.kernel().clock().monotonicNanos();
        return Math.max(left, 0);
    }

    private static long wait(Task task, long entries, long entryCount, boolean once) {
        long count = entryCount & 0xFFFF_FFFFL;
        if (count > task.group().limits().descriptors()) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        int ready = 0;
        for (int i = 0; i < count; i++) {
            long entry = entries + (long) i * ENTRY_BYTES;
            int found = look(task, memory.readInt(entry), memory.readShort(entry + 4) & 0xFFFF);
            memory.writeShort(entry + 6, (short) found);
            if (found != 0) {
                ready++;
            }
        }
        if (ready > 0 || once || task.isDeadlinePassed()) {
            return ready;
        }
        if (!task.reserveWaiters((int) count)) {
            return -Errno.ENOMEM;
        }
        for (int i = 0; i < count; i++) {
            long entry = entries + (long) i * ENTRY_BYTES;
            OpenFile file = task.files().get(memory.readInt(entry));
            WaitQueue queue = file == null ? null : file.waitQueue();
            if (queue != null) {
                task.waitOn(queue, memory.readShort(entry + 4) & 0xFFFF, false);
            }
        }
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static int look(Task task, int fd, int events) {
        if (fd < 0) {
            return 0;
        }
        OpenFile file = task.files().get(fd);
        return file == null ? PollEvents.NVAL : file.poll() & (events | ALWAYS);
    }
}
