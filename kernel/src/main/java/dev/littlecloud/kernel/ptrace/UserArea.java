package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;

/** {@code struct user} of sys/user.h, of which the registers are there; PTRACE_PEEKUSER. */
final class UserArea {
    private static final int BYTES = 928;

    private UserArea() {}

    static boolean isAligned(long offset) {
        return offset >= 0 && offset < BYTES && (offset & 7) == 0;
    }

    static long get(Task task, Tracee tracee, long offset) {
        return offset < UserRegisters.BYTES
                ? UserRegisters.get(task, tracee, (int) offset >> 3)
                : 0;
    }

    static int set(Task task, Tracee tracee, long offset, long value) {
        return offset < UserRegisters.BYTES
                ? UserRegisters.set(task, tracee, (int) offset >> 3, value)
                : -Errno.EIO;
    }
}
