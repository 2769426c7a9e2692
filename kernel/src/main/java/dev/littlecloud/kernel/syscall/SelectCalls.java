package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;

/** select(2) and pselect6(2). The sets are written when the call ends, not while it waits. */
final class SelectCalls {
    // What counts as readable, writable and exceptional; fs/select.c of Linux.
    private static final int READ_EVENTS =
            PollEvents.READABLE
                    | PollEvents.RDBAND
                    | PollEvents.HUP
                    | PollEvents.ERR
                    | PollEvents.NVAL;
    private static final int WRITE_EVENTS =
            PollEvents.WRITABLE | PollEvents.WRBAND | PollEvents.ERR | PollEvents.NVAL;
    private static final int EXCEPT_EVENTS = PollEvents.PRI | PollEvents.NVAL;

    private static final long MAX_SECONDS = Long.MAX_VALUE / TimeValues.NANOS_PER_SECOND - 1;

    /** NR_OPEN_DEFAULT of Linux: descriptors up to here are looked at, open or not. */
    private static final int LEAST_DESCRIPTORS = 64;

    private static final int[] EVENTS = {READ_EVENTS, WRITE_EVENTS, EXCEPT_EVENTS};

    private SelectCalls() {}

    static void register(SyscallTable table) {
        table.full(23, "select", "int,ptr,ptr,ptr,ptr", (Handler.Call5) SelectCalls::select);
        table.full(
                270, "pselect6", "int,ptr,ptr,ptr,ptr,ptr", (Handler.Call6) SelectCalls::pselect6);
    }

    private static long select(
            Task task, long count, long read, long write, long except, long timeout) {
        long nanos = -1;
        if (timeout != 0) {
            nanos = readTimeval(task.memory(), timeout);
            if (nanos < 0) {
                return -Errno.EINVAL;
            }
        }
        task.deadlineIn(nanos);
        long result = wait(task, (int) count, read, write, except, nanos == 0);
        if (timeout != 0 && result >= 0) {
            TimeValues.writeTimeval(task.memory(), timeout, PollCalls.remaining(task));
        }
        return result;
    }

    /** Unlike other calls, select(2) takes microseconds of a second and more. */
    private static long readTimeval(UserMemory memory, long address) {
        long seconds = memory.readLong(address);
        long micros = memory.readLong(address + 8);
        if (seconds < 0 || micros < 0) {
            return -Errno.EINVAL;
        }
        long total = seconds + micros / 1_000_000;
        return total > MAX_SECONDS
                ? Long.MAX_VALUE
                : total * TimeValues.NANOS_PER_SECOND
                        + micros % 1_000_000 * TimeValues.NANOS_PER_MICRO;
    }

    private static long pselect6(
            Task task, long count, long read, long write, long except, long timeout, long mask) {
        UserMemory memory = task.memory();
        long nanos = -1;
        if (timeout != 0) {
            nanos = TimeValues.readTimespec(memory, timeout);
            if (nanos < 0) {
                return -Errno.EINVAL;
            }
        }
        task.deadlineIn(nanos);
        if (mask != 0) {
            long set = memory.readLong(mask);
            if (set != 0) {
                if (memory.readLong(mask + 8) != 8) {
                    return -Errno.EINVAL;
                }
                task.signals().temporaryMask(memory.readLong(set));
            }
        }
        long result = wait(task, (int) count, read, write, except, nanos == 0);
        if (timeout != 0 && result >= 0) {
            TimeValues.writeTimespec(memory, timeout, PollCalls.remaining(task));
        }
        return result;
    }

    private static long wait(
            Task task, int count, long read, long write, long except, boolean once) {
        if (count < 0) {
            return -Errno.EINVAL;
        }
        int bits = Math.min(count, Math.max(task.files().size(), LEAST_DESCRIPTORS));
        int words = (bits + 63) / 64;
        long[] wanted = new long[3 * words];
        long[] sets = {read, write, except};
        load(task.memory(), sets, wanted, words, bits);
        long[] found = new long[wanted.length];
        int ready = 0;
        for (int fd = 0; fd < bits; fd++) {
            int word = fd >> 6;
            long bit = 1L << fd;
            if (((wanted[word] | wanted[words + word] | wanted[2 * words + word]) & bit) == 0) {
                continue;
            }
            OpenFile file = task.files().get(fd);
            if (file == null) {
                return -Errno.EBADF;
            }
            int events = file.poll();
            for (int set = 0; set < 3; set++) {
                int at = set * words + word;
                if ((wanted[at] & bit) != 0 && (events & EVENTS[set]) != 0) {
                    found[at] |= bit;
                    ready++;
                }
            }
        }
        if (ready > 0 || once || task.isDeadlinePassed()) {
            store(task.memory(), sets, found, words, count);
            return ready;
        }
        listen(task, wanted, words, bits);
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static void listen(Task task, long[] wanted, int words, int bits) {
        for (int fd = 0; fd < bits; fd++) {
            int events = 0;
            for (int set = 0; set < 3; set++) {
                if ((wanted[set * words + (fd >> 6)] & 1L << fd) != 0) {
                    events |= EVENTS[set];
                }
            }
            OpenFile file = events == 0 ? null : task.files().get(fd);
            WaitQueue queue = file == null ? null : file.waitQueue();
            if (queue != null) {
                task.waitOn(queue, events, false);
            }
        }
    }

    /** Reads the sets. Only whole longs of the guest are touched, as Linux does. */
    private static void load(UserMemory memory, long[] sets, long[] wanted, int words, int bits) {
        for (int set = 0; set < 3; set++) {
            for (int word = 0; word < words && sets[set] != 0; word++) {
                long value = memory.readLong(sets[set] + 8L * word);
                int valid = bits - word * 64;
                wanted[set * words + word] = valid >= 64 ? value : value & (1L << valid) - 1;
            }
        }
    }

    private static void store(UserMemory memory, long[] sets, long[] found, int words, int count) {
        int all = Math.min((count + 63) / 64, 1 << 14);
        for (int set = 0; set < 3; set++) {
            for (int word = 0; word < all && sets[set] != 0; word++) {
                memory.writeLong(
                        sets[set] + 8L * word, word < words ? found[set * words + word] : 0);
            }
        }
    }
}
