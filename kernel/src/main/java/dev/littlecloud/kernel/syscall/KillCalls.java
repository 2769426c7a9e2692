package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.ipc.PidFd;
import dev.littlecloud.kernel.proc.ProcFs;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sending signals, and descriptors of processes. */
final class KillCalls {
    private static final int PIDFD_NONBLOCK = 0x800;

    private KillCalls() {}

    static void register(SyscallTable table) {
        table.full(62, "kill", "int,int", (Handler.Call2) KillCalls::kill);
        table.full(200, "tkill", "int,int", (Handler.Call2) KillCalls::tkill);
        table.full(234, "tgkill", "int,int,int", (Handler.Call3) KillCalls::tgkill);
        table.full(129, "rt_sigqueueinfo", "int,int,ptr", (Handler.Call3) KillCalls::sigqueue);
        table.full(
                297, "rt_tgsigqueueinfo", "int,int,int,ptr", (Handler.Call4) KillCalls::tgsigqueue);
        table.full(
                424,
                "pidfd_send_signal",
                "fd,int,ptr,int",
                (Handler.Call4) KillCalls::pidfdSendSignal);
        table.full(434, "pidfd_open", "int,int", (Handler.Call2) KillCalls::pidfdOpen);
    }

    /** Whether one process may signal another; kill(2). */
    private static boolean mayKill(Task task, ThreadGroup target, int signal) {
        if (target.threads().isEmpty() || target == task.group()) {
            return true;
        }
        Credentials mine = task.credentials();
        Credentials theirs = target.threads().getFirst().credentials();
        return mine.has(Credentials.CAP_KILL)
                || mine.euid() == theirs.suid()
                || mine.euid() == theirs.uid()
                || mine.uid() == theirs.suid()
                || mine.uid() == theirs.uid()
                || (signal == Signal.SIGCONT && target.session() == task.group().session());
    }

    private static SigInfo fromCaller(Task task, int signal, int code) {
        return SigInfo.fromProcess(signal, code, task.group().pid(), task.credentials().uid());
    }

    private static long kill(Task task, long pid, long number) {
        int signal = (int) number;
        int target = (int) pid;
        if (signal < 0 || signal > Signal.MAX) {
            return -Errno.EINVAL;
        }
        SigInfo info = fromCaller(task, signal, SigInfo.SI_USER);
        if (target > 0) {
            ThreadGroup process = process(task, target);
            return process == null ? -Errno.ESRCH : send(task, process, info);
        }
        if (target == -1) {
            return killAll(task, info);
        }
        ProcessGroup group =
                target == 0 ? task.group().processGroup() : task.kernel().tasks().group(-target);
        if (group == null || target == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        return sendAll(task, List.copyOf(group.members()), info, -Errno.ESRCH);
    }

    private static long killAll(Task task, SigInfo info) {
        List<ThreadGroup> others =
                task.kernel().tasks().processes().stream()
                        .filter(process -> process.pid() != 1 && process != task.group())
                        .toList();
        return sendAll(task, others, info, -Errno.ESRCH);
    }

    private static long sendAll(Task task, List<ThreadGroup> targets, SigInfo info, long none) {
        long result = none;
        for (ThreadGroup target : targets) {
            long sent = send(task, target, info);
            if (result != 0) {
                result = sent;
            }
        }
        return result;
    }

    private static long send(Task task, ThreadGroup target, SigInfo info) {
        if (!mayKill(task, target, info.signal())) {
            return -Errno.EPERM;
        }
        if (info.signal() == 0) {
            return 0;
        }
        return SignalSending.toProcess(target, info) ? 0 : -Errno.EAGAIN;
    }

    /** A process by its id, or by that of one of its threads. */
    private static @org.jspecify.annotations.Nullable ThreadGroup process(Task task, int id) {
        ThreadGroup process = task.kernel().tasks().process(id);
        if (process != null) {
            return process;
        }
        Task thread = task.kernel().tasks().task(id);
        return thread == null ? null : thread.group();
    }

    private static long tkill(Task task, long tid, long signal) {
        return (int) tid <= 0 ? -Errno.EINVAL : toThread(task, 0, (int) tid, (int) signal);
    }

    private static long tgkill(Task task, long pid, long tid, long signal) {
        if ((int) pid <= 0 || (int) tid <= 0) {
            return -Errno.EINVAL;
        }
        return toThread(task, (int) pid, (int) tid, (int) signal);
    }

    private static long toThread(Task task, int pid, int tid, int signal) {
        if (signal < 0 || signal > Signal.MAX) {
            return -Errno.EINVAL;
        }
        return toThread(task, pid, tid, fromCaller(task, signal, SigInfo.SI_TKILL));
    }

    private static long toThread(Task task, int pid, int tid, SigInfo info) {
        Task target = task.kernel().tasks().task(tid);
        if (target == null || (pid != 0 && target.group().pid() != pid)) {
            ThreadGroup zombie = task.kernel().tasks().process(tid);
            boolean ended = zombie != null && target == null && (pid == 0 || pid == tid);
            return ended ? 0 : -Errno.ESRCH;
        }
        if (!mayKill(task, target.group(), info.signal())) {
            return -Errno.EPERM;
        }
        if (info.signal() == 0) {
            return 0;
        }
        return target.signals().send(info) ? 0 : -Errno.EAGAIN;
    }

    private static long sigqueue(Task task, long pid, long signal, long address) {
        SigInfo info = SigInfo.read(task.memory(), address, (int) signal);
        if ((int) signal < 0 || signal > Signal.MAX) {
            return -Errno.EINVAL;
        }
        if (isForged(task, info, (int) pid)) {
            return -Errno.EPERM;
        }
        ThreadGroup process = process(task, (int) pid);
        return process == null ? -Errno.ESRCH : send(task, process, info);
    }

    private static long tgsigqueue(Task task, long pid, long tid, long signal, long address) {
        if ((int) pid <= 0 || (int) tid <= 0 || (int) signal < 0 || signal > Signal.MAX) {
            return -Errno.EINVAL;
        }
        SigInfo info = SigInfo.read(task.memory(), address, (int) signal);
        if (isForged(task, info, (int) pid)) {
            return -Errno.EPERM;
        }
        return toThread(task, (int) pid, (int) tid, info);
    }

    /** Only to itself may a process send what looks like the kernel's or kill(2)'s signal. */
    private static boolean isForged(Task task, SigInfo info, int pid) {
        return (info.code() >= 0 || info.code() == SigInfo.SI_TKILL) && task.group().pid() != pid;
    }

    private static long pidfdSendSignal(Task task, long fd, long number, long info, long flags) {
        if (flags != 0 || (int) number < 0 || number > Signal.MAX) {
            return -Errno.EINVAL;
        }
        ThreadGroup process = processOf(task.files().get(fd));
        if (process == null) {
            return -Errno.EBADF;
        }
        int signal = (int) number;
        if (process.isZombie() && task.kernel().tasks().process(process.pid()) == null) {
            return -Errno.ESRCH;
        }
        if (info == 0) {
            return send(task, process, fromCaller(task, signal, SigInfo.SI_USER));
        }
        SigInfo given = SigInfo.read(task.memory(), info, signal);
        if (task.memory().readInt(info) != signal) {
            return -Errno.EINVAL;
        }
        if (isForged(task, given, process.pid())) {
            return -Errno.EPERM;
        }
        return send(task, process, given);
    }

    /** The process that a descriptor refers to, a pidfd or an open /proc/PID; or null. */
    private static @Nullable ThreadGroup processOf(@Nullable OpenFile file) {
        if (file == null || (file.flags() & OpenFlags.O_PATH) != 0) {
            return null;
        }
        return file instanceof PidFd descriptor
                ? descriptor.process()
                : ProcFs.processBehind(file.inode());
    }

    private static long pidfdOpen(Task task, long pid, long flags) {
        if ((flags & ~PIDFD_NONBLOCK) != 0 || (int) pid <= 0) {
            return -Errno.EINVAL;
        }
        ThreadGroup process = task.kernel().tasks().process((int) pid);
        if (process == null) {
            return task.kernel().tasks().task((int) pid) != null ? -Errno.EINVAL : -Errno.ESRCH;
        }
        return PidFd.install(task, process, (int) flags);
    }
}
