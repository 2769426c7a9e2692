package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.PidFd;
import dev.littlecloud.kernel.ptrace.TraceReport;
import dev.littlecloud.kernel.ptrace.Tracing;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** wait4(2) and waitid(2). */
final class WaitCalls {
    private static final int WNOHANG = 1;
    private static final int WSTOPPED = 2;
    private static final int WEXITED = 4;
    private static final int WCONTINUED = 8;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int WNOTHREAD = 0x2000_0000;
    private static final int WALL = 0x4000_0000;
    private static final int WCLONE = 0x8000_0000;

    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int P_PIDFD = 3;

    private static final int STATUS_CONTINUED = 0xFFFF;

    private WaitCalls() {}

    static void register(SyscallTable table) {
        table.full(61, "wait4", "int,ptr,hex,ptr", (Handler.Call4) WaitCalls::wait4);
        table.full(247, "waitid", "int,int,ptr,hex,ptr", (Handler.Call5) WaitCalls::waitid);
    }

    /** A child that has something to tell, or something that was traced. */
    private record Found(
            @Nullable ThreadGroup child,
            @Nullable TraceReport traced,
            int code,
            boolean anyMatches) {
        static final Found NONE = new Found(null, null, 0, false);
        static final Found NOTHING_YET = new Found(null, null, 0, true);

        static Found of(ThreadGroup child, int code) {
            return new Found(child, null, code, true);
        }

        boolean isAny() {
            return child != null || traced != null;
        }
    }

    private static long wait4(Task task, long pid, long statusAddress, long options, long usage) {
        int allowed = WNOHANG | WSTOPPED | WCONTINUED | WNOTHREAD | WALL | WCLONE;
        if (((int) options & ~allowed) != 0) {
            return -Errno.EINVAL;
        }
        int wanted = (int) pid;
        int kind;
        int id;
        if (wanted == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        } else if (wanted < -1) {
            kind = P_PGID;
            id = -wanted;
        } else if (wanted == -1) {
            kind = P_ALL;
            id = 0;
        } else if (wanted == 0) {
            kind = P_PGID;
            id = task.group().processGroup().id();
        } else {
            kind = P_PID;
            id = wanted;
        }
        Found found = find(task, kind, id, (int) options | WEXITED);
        TraceReport traced = found.traced;
        if (traced != null) {
            if (statusAddress != 0) {
                task.memory().writeInt(statusAddress, traced.status());
            }
            if (usage != 0) {
                UsageCalls.writeChild(task.memory(), usage, traced.group());
            }
            traced.take();
            return traced.tid();
        }
        ThreadGroup child = found.child;
        if (child == null) {
            if (!found.anyMatches) {
                return -Errno.ECHILD;
            }
            return (options & WNOHANG) != 0 ? 0 : task.blockOn(task.group().childEvents());
        }
        int childPid = child.pid();
        if (statusAddress != 0) {
            task.memory().writeInt(statusAddress, status(child, found.code));
        }
        if (usage != 0) {
            UsageCalls.writeChild(task.memory(), usage, child);
        }
        take(child, found.code);
        return childPid;
    }

    private static long waitid(
            Task task, long idType, long id, long info, long options, long usage) {
        int flags = (int) options;
        int kinds = WEXITED | WSTOPPED | WCONTINUED;
        int allowed = kinds | WNOHANG | WNOWAIT | WNOTHREAD | WALL | WCLONE;
        if ((flags & ~allowed) != 0 || (flags & kinds) == 0) {
            return -Errno.EINVAL;
        }
        int kind = (int) idType;
        int wanted = (int) id;
        if (kind == P_PIDFD) {
            if (!(task.files().get(id) instanceof PidFd file)) {
                return -Errno.EBADF;
            }
            kind = P_PID;
            wanted = file.process().pid();
            if (file.isNonblocking()) {
                Found now = find(task, kind, wanted, flags);
                if (!now.isAny() && now.anyMatches) {
                    return -Errno.EAGAIN;
                }
            }
        } else if (kind == P_PGID && wanted == 0) {
            wanted = task.group().processGroup().id();
        } else if (kind < P_ALL || kind > P_PGID || (kind != P_ALL && wanted <= 0)) {
            return -Errno.EINVAL;
        }
        Found found = find(task, kind, wanted, flags);
        if (found.traced != null) {
            return tellTraced(task, found.traced, info, usage, (flags & WNOWAIT) == 0);
        }
        ThreadGroup child = found.child;
        if (child == null) {
            if (found.anyMatches && (flags & WNOHANG) == 0) {
                return task.blockOn(task.group().childEvents());
            }
            if (info != 0) {
                task.memory().writeZeros(info, SigInfo.BYTES);
            }
            return found.anyMatches ? 0 : -Errno.ECHILD;
        }
        if (info != 0) {
            int status = status(child, found.code);
            int value =
                    switch (found.code) {
                        case SigInfo.CLD_EXITED -> status >> 8 & 0xFF;
                        case SigInfo.CLD_STOPPED -> child.stopSignal();
                        case SigInfo.CLD_CONTINUED -> Signal.SIGCONT;
                        default -> status & 0x7F;
                    };
            child.childInfo(Signal.SIGCHLD, found.code, value).write(task.memory(), info);
        }
        if (usage != 0) {
            UsageCalls.writeChild(task.memory(), usage, child);
        }
        if ((flags & WNOWAIT) == 0) {
            take(child, found.code);
        }
        return 0;
    }

    private static long tellTraced(
            Task task, TraceReport traced, long info, long usage, boolean takes) {
        if (info != 0) {
            SigInfo.child(
                            Signal.SIGCHLD,
                            traced.code(),
                            traced.tid(),
                            traced.uid(),
                            traced.detail(),
                            0,
                            0)
                    .write(task.memory(), info);
        }
        if (usage != 0) {
            UsageCalls.writeChild(task.memory(), usage, traced.group());
        }
        if (takes) {
            traced.take();
        }
        return 0;
    }

    private static Found find(Task task, int kind, int id, int options) {
        Found child = findChild(task, kind, id, options);
        if (child.isAny()) {
            return child;
        }
        boolean any = child.anyMatches;
        Predicate<TraceReport.Candidate> wanted =
                each ->
                        switch (kind) {
                            case P_PID -> each.tid() == id;
                            case P_PGID -> each.group().processGroup().id() == id;
                            default -> true;
                        };
        for (Task thread : task.group().threads()) {
            if (thread != task && (options & WNOTHREAD) != 0) {
                continue;
            }
            TraceReport report = TraceReport.find(thread, wanted, (options & WEXITED) != 0);
            if (report != null) {
                return new Found(null, report, 0, true);
            }
            any |= TraceReport.isAny(thread, wanted);
        }
        return any ? Found.NOTHING_YET : Found.NONE;
    }

    private static Found findChild(Task task, int kind, int id, int options) {
        boolean any = false;
        for (ThreadGroup child : task.group().children()) {
            if (!matches(child, kind, id, options)) {
                continue;
            }
            any = true;
            if (child.isHeldForTracer() || isStoppedForTracer(task, child)) {
                continue;
            }
            if (child.isZombie()) {
                if ((options & WEXITED) != 0) {
                    boolean killed = (child.exitStatus() & 0x7F) != 0;
                    int code = killed ? SigInfo.CLD_KILLED : SigInfo.CLD_EXITED;
                    return Found.of(child, code);
                }
            } else if ((options & WSTOPPED) != 0 && child.hasUnreportedStop()) {
                return Found.of(child, SigInfo.CLD_STOPPED);
            } else if ((options & WCONTINUED) != 0 && child.hasUnreportedContinue()) {
                return Found.of(child, SigInfo.CLD_CONTINUED);
            }
        }
        return any ? Found.NOTHING_YET : Found.NONE;
    }

    /** Whether the child's stops are told as those of one that is traced. */
    private static boolean isStoppedForTracer(Task task, ThreadGroup child) {
        return !child.isZombie()
                && child.hasUnreportedStop()
                && Tracing.isTracedBy(child, task.group());
    }

    private static boolean matches(ThreadGroup child, int kind, int id, int options) {
        boolean right =
                switch (kind) {
                    case P_PID -> child.pid() == id;
                    case P_PGID -> child.processGroup().id() == id;
                    default -> true;
                };
        if (!right || (options & WALL) != 0) {
            return right;
        }
        // "Clone" children are those that do not tell their parent by SIGCHLD; wait(2).
        boolean isClone = child.exitSignal() != Signal.SIGCHLD;
        return isClone == ((options & WCLONE) != 0);
    }

    private static int status(ThreadGroup child, int code) {
        return switch (code) {
            case SigInfo.CLD_STOPPED -> child.stopSignal() << 8 | 0x7F;
            case SigInfo.CLD_CONTINUED -> STATUS_CONTINUED;
            default -> child.exitStatus();
        };
    }

    private static void take(ThreadGroup child, int code) {
        switch (code) {
            case SigInfo.CLD_STOPPED -> child.stopReported();
            case SigInfo.CLD_CONTINUED -> child.continueReported();
            default -> TaskExit.reap(child);
        }
    }
}
