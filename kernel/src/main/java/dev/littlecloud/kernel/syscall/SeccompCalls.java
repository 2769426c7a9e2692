package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.seccomp.Seccomp;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** seccomp(2), and the options of prctl(2) that do the same. */
final class SeccompCalls {
    private static final int SET_STRICT = 0;
    private static final int SET_FILTER = 1;
    private static final int GET_ACTION_AVAILABLE = 2;

    private static final int FLAG_TSYNC = 1;
    private static final int FLAG_LOG = 1 << 1;
    private static final int FLAG_SPECULATION = 1 << 2;
    private static final int FLAG_TSYNC_ESRCH = 1 << 4;
    private static final int FLAGS = FLAG_TSYNC | FLAG_LOG | FLAG_SPECULATION | FLAG_TSYNC_ESRCH;

    private static final int MODE_STRICT = 1;
    private static final int MODE_FILTER = 2;

    private SeccompCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                317,
                "seccomp",
                "int,hex,ptr",
                (Handler.Call3) SeccompCalls::seccomp,
                "all actions but notifications to another process; tracers are not asked, so TRACE"
                        + " answers ENOSYS");
    }

    private static long seccomp(Task task, long operation, long flags, long argument) {
        return switch ((int) operation) {
            case SET_STRICT -> flags != 0 || argument != 0 ? -Errno.EINVAL : setStrict(task);
            case SET_FILTER -> setFilter(task, flags, argument);
            case GET_ACTION_AVAILABLE -> flags != 0 ? -Errno.EINVAL : available(task, argument);
            default -> -Errno.EINVAL;
        };
    }

    /** PR_SET_SECCOMP. */
    static long setMode(Task task, long mode, long program) {
        return switch ((int) mode) {
            case MODE_STRICT -> setStrict(task);
            case MODE_FILTER -> setFilter(task, 0, program);
            default -> -Errno.EINVAL;
        };
    }

    /** PR_GET_SECCOMP. */
    static int mode(Task task) {
        Seccomp current = task.seccomp();
        if (current == null) {
            return 0;
        }
        return current.isStrict() ? MODE_STRICT : MODE_FILTER;
    }

    private static long available(Task task, long address) {
        return switch (task.memory().readInt(address)) {
            case Seccomp.KILL_PROCESS,
                    Seccomp.KILL_THREAD,
                    Seccomp.TRAP,
                    Seccomp.ERRNO,
                    Seccomp.TRACE,
                    Seccomp.LOG,
                    Seccomp.ALLOW ->
                    0;
            default -> -Errno.EOPNOTSUPP;
        };
    }

    private static long setStrict(Task task) {
        Seccomp current = task.seccomp();
        if (current != null && !current.isStrict()) {
            return -Errno.EINVAL;
        }
        task.seccomp(Seccomp.STRICT);
        return 0;
    }

    private static long setFilter(Task task, long flags, long address) {
        if ((flags & ~FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        int length = memory.readShort(address) & 0xFFFF;
        long instructions = memory.readLong(address + 8);
        if (!Seccomp.isLength(length)) {
            return -Errno.EINVAL;
        }
        Credentials credentials = task.credentials();
        if (!credentials.noNewPrivileges() && !credentials.has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EACCES;
        }
        long[] program = new long[length];
        for (int i = 0; i < length; i++) {
            program[i] = memory.readLong(instructions + 8L * i);
        }
        Seccomp current = task.seccomp();
        if (current != null && current.isStrict()) {
            return -Errno.EINVAL;
        }
        Seccomp filters = Seccomp.filter(program, current);
        if (filters == null) {
            return -Errno.EINVAL;
        }
        if (filters.isTooLong() || !task.kernel().frames().hasRoom(filters.bytes())) {
            return -Errno.ENOMEM;
        }
        if ((flags & FLAG_TSYNC) != 0) {
            Task other = firstAstray(task, current);
            if (other != null) {
                return (flags & FLAG_TSYNC_ESRCH) != 0 ? -Errno.ESRCH : other.tid();
            }
            for (Task thread : task.group().threads()) {
                thread.seccomp(filters);
                thread.credentials(withoutNewPrivileges(thread.credentials(), credentials));
            }
        }
        task.seccomp(filters);
        return 0;
    }

    private static Credentials withoutNewPrivileges(Credentials of, Credentials setter) {
        return setter.noNewPrivileges() ? of.withoutNewPrivileges() : of;
    }

    /** A thread that has filters which the caller's are not built on, or null. */
    private static @Nullable Task firstAstray(Task task, @Nullable Seccomp current) {
        for (Task thread : task.group().threads()) {
            Seccomp theirs = thread.seccomp();
            if (theirs != null && !theirs.isPartOf(current)) {
                return thread;
            }
        }
        return null;
    }
}
