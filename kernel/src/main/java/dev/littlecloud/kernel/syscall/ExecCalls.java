package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.exec.Execution;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** execve(2), execveat(2). */
final class ExecCalls {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;

    /** Most bytes of one argument, MAX_ARG_STRLEN. */
    private static final int MAX_STRING = 32 * 4096;

    /** Most bytes of all arguments where the stack limit allows more. */
    private static final long MAX_TOTAL = 6L << 20;

    private ExecCalls() {}

    static void register(SyscallTable table) {
        table.full(59, "execve", "path,ptr,ptr", (Handler.Call3) ExecCalls::execve);
        table.full(322, "execveat", "fd,path,ptr,ptr,hex", (Handler.Call5) ExecCalls::execveat);
    }

    private static long execve(Task task, long path, long arguments, long environment) {
        return execute(task, AT_FDCWD, path, arguments, environment, 0);
    }

    private static long execveat(
            Task task, long directory, long path, long arguments, long environment, long flags) {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        return execute(task, (int) directory, path, arguments, environment, (int) flags);
    }

    private static long execute(
            Task task, int directory, long path, long arguments, long environment, int flags) {
        String name = task.memory().readString(path, Dentry.PATH_MAX);
        if (name == null) {
            return -Errno.ENAMETOOLONG;
        }
        long stack = task.group().limits().soft(ResourceLimits.STACK);
        long room = stack < 0 ? MAX_TOTAL : Math.max(128 << 10, Math.min(MAX_TOTAL, stack / 4));
        List<byte[]> argumentList = new ArrayList<>();
        long used = strings(task.memory(), arguments, argumentList, room);
        List<byte[]> environmentList = new ArrayList<>();
        if (used >= 0) {
            used = strings(task.memory(), environment, environmentList, room - used);
        }
        if (used < 0) {
            return -Errno.E2BIG;
        }
        if (argumentList.isEmpty()) {
            argumentList.add(new byte[0]); // since Linux 5.18
        }
        ThreadGroup group = task.group();
        if (group.threads().size() > 1) {
            int refused = Execution.check(task, directory, name, flags, argumentList);
            if (refused != 0) {
                return refused;
            }
            return awaitSiblings(task, group);
        }
        return Execution.start(task, directory, name, flags, argumentList, environmentList);
    }

    /** The other threads end first; the call runs again when one has. */
    private static long awaitSiblings(Task task, ThreadGroup group) {
        @Nullable Task executing = group.executing();
        if (executing == null) {
            group.executing(task);
            for (Task sibling : group.threads()) {
                if (sibling != task) {
                    task.kernel().scheduler().interrupt(sibling);
                }
            }
        }
        return task.blockUninterrupted(group.exitEvents());
    }

    /** Reads a NULL-terminated array of strings; bytes used, or -1 where there is no room. */
    private static long strings(UserMemory memory, long array, List<byte[]> into, long room) {
        if (array == 0) {
            return 0;
        }
        long used = 0;
        for (long at = array; ; at += 8) {
            long string = memory.readLong(at);
            if (string == 0) {
                return used;
            }
            String text = memory.readString(string, MAX_STRING);
            if (text == null) {
                return -1;
            }
            used += text.length() + 1 + 8;
            if (used > room) {
                return -1;
            }
            into.add(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }
}
