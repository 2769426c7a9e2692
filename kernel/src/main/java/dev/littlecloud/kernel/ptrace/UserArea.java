package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;

/** {@code struct user} of sys/user.h, of which registers are there; PTRACE_PEEKUSER. */
final class UserArea {
    private static final int BYTES = 928;

    /** {@code u_debugreg}. */
    private static final int DEBUG = 848;

    private static final int DEBUG_END = DEBUG + 8 * 8;

    private UserArea() {}

    static boolean isAligned(long offset) {
        return offset >= 0 && offset < BYTES && (offset & 7) == 0;
    }

    static long get(Task task, Tracee tracee, long offset) {
        if (offset < UserRegisters.BYTES) {
            return UserRegisters.get(task, tracee, (int) offset >> 3);
        }
        boolean isDebug = offset >= DEBUG && offset < DEBUG_END;
        return isDebug ? tracee.breakpoints().get((int) (offset - DEBUG) >> 3) : 0;
    }

    static int set(Task task, Tracee tracee, long offset, long value) {
        if (offset < UserRegisters.BYTES) {
            return UserRegisters.set(task, tracee, (int) offset >> 3, value);
        }
        boolean isDebug = offset >= DEBUG && offset < DEBUG_END;
        return isDebug ? tracee.breakpoints().set((int) (offset - DEBUG) >> 3, value) : -Errno.EIO;
    }
}
