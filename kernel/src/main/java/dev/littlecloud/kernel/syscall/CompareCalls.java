package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** kcmp(2): whether two processes share a kernel object. */
final class CompareCalls {
    private static final int FILE = 0;
    private static final int MEMORY = 1;
    private static final int FILES = 2;
    private static final int FS = 3;
    private static final int SIGNAL_HANDLERS = 4;
    private static final int IO = 5;
    private static final int SEMAPHORE_UNDO = 6;

    private CompareCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                312,
                "kcmp",
                "int,int,int,long,long",
                (Handler.Call5) CompareCalls::kcmp,
                "all but KCMP_EPOLL_TFD");
    }

    private static long kcmp(Task task, long pid1, long pid2, long type, long fd1, long fd2) {
        Task one = task.kernel().tasks().task((int) pid1);
        Task other = task.kernel().tasks().task((int) pid2);
        if (one == null || other == null) {
            return -Errno.ESRCH;
        }
        if (!maySee(task, one) || !maySee(task, other)) {
            return -Errno.EPERM;
        }
        return switch ((int) type) {
            case FILE -> {
                Object first = one.files().get((int) fd1);
                Object second = other.files().get((int) fd2);
                yield first == null || second == null ? -Errno.EBADF : compare(first, second);
            }
            case MEMORY -> compare(one.space(), other.space());
            case FILES -> compare(one.files(), other.files());
            case FS -> compare(one.fs(), other.fs());
            case SIGNAL_HANDLERS -> compare(one.group().actions(), other.group().actions());
            case IO -> compare(ioOf(one), ioOf(other));
            case SEMAPHORE_UNDO -> compare(undoOf(one), undoOf(other));
            default -> -Errno.EINVAL;
        };
    }

    /** 0 for the same, 1 and 2 for an order that stays while both exist. */
    private static long compare(@Nullable Object one, @Nullable Object other) {
        if (one == other) {
            return 0;
        }
        return System.identityHashCode(one) < System.identityHashCode(other) ? 1 : 2;
    }

    /** What stands for a thread's I/O context: there is none before its priority was set. */
    private static @Nullable Object ioOf(Task task) {
        return task.scheduling().ioPriority() == 0 ? null : task;
    }

    /** What stands for a process's list of semaphores to undo: there is none before the first. */
    private static @Nullable Object undoOf(Task task) {
        return task.group().traits().undoesSemaphores() ? task.group() : null;
    }

    private static boolean maySee(Task task, Task target) {
        Credentials mine = task.credentials();
        Credentials theirs = target.credentials();
        return mine.uid() == 0 || mine.uid() == theirs.uid();
    }
}
