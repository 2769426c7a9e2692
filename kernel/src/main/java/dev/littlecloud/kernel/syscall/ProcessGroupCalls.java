package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Session;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskTable;
import dev.littlecloud.kernel.task.ThreadGroup;
import org.jspecify.annotations.Nullable;

/** Process groups and sessions; setpgid(2), setsid(2). */
final class ProcessGroupCalls {
    private ProcessGroupCalls() {}

    static void register(SyscallTable table) {
        table.full(109, "setpgid", "int,int", (Handler.Call2) ProcessGroupCalls::setpgid);
        table.full(111, "getpgrp", "", (Handler.Call0) task -> task.group().processGroup().id());
        table.full(112, "setsid", "", (Handler.Call0) ProcessGroupCalls::setsid);
        table.full(121, "getpgid", "int", (Handler.Call1) ProcessGroupCalls::getpgid);
        table.full(124, "getsid", "int", (Handler.Call1) ProcessGroupCalls::getsid);
        table.refused(153, "vhangup", Errno.EPERM, "needs CAP_SYS_TTY_CONFIG");
    }

    private static @Nullable ThreadGroup process(Task task, long id) {
        return id == 0 ? task.group() : task.kernel().tasks().process((int) id);
    }

    private static long setpgid(Task task, long pid, long pgid) {
        ThreadGroup caller = task.group();
        int group = (int) pgid;
        if (group < 0) {
            return -Errno.EINVAL;
        }
        ThreadGroup process = process(task, (int) pid);
        if (process == null || process != caller && process.parent() != caller) {
            return -Errno.ESRCH;
        }
        Session session = caller.session();
        if (process != caller) {
            if (process.session() != session) {
                return -Errno.EPERM;
            }
            if (process.hasExecuted()) {
                return -Errno.EACCES;
            }
        }
        if (process.session().id() == process.pid()) {
            return -Errno.EPERM;
        }
        int wanted = group == 0 ? process.pid() : group;
        return move(task.kernel().tasks(), process, wanted, session);
    }

    private static long move(TaskTable tasks, ThreadGroup process, int wanted, Session session) {
        ProcessGroup target = tasks.group(wanted);
        if (target == null) {
            if (wanted != process.pid()) {
                return -Errno.EPERM;
            }
            target = new ProcessGroup(wanted, session);
            tasks.addGroup(target);
        } else if (target.session() != session) {
            return -Errno.EPERM;
        }
        if (process.processGroup() != target) {
            process.processGroup(target);
        }
        return 0;
    }

    private static long setsid(Task task) {
        ThreadGroup process = task.group();
        TaskTable tasks = task.kernel().tasks();
        if (tasks.group(process.pid()) != null) {
            return -Errno.EPERM;
        }
        ProcessGroup group = new ProcessGroup(process.pid(), new Session(process.pid()));
        tasks.addGroup(group);
        process.processGroup(group);
        return process.pid();
    }

    private static long getpgid(Task task, long pid) {
        ThreadGroup process = process(task, (int) pid);
        return process == null ? -Errno.ESRCH : process.processGroup().id();
    }

    private static long getsid(Task task, long pid) {
        ThreadGroup process = process(task, (int) pid);
        return process == null ? -Errno.ESRCH : process.session().id();
    }
}
