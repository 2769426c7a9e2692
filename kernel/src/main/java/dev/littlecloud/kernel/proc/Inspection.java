package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Who may look into a process; ptrace(2), "Ptrace access mode checking". */
public final class Inspection {
    private static final int CAP_SYS_PTRACE = 19;

    private Inspection() {}

    static boolean isAllowed(Task reader, Target target) {
        return isAllowed(reader, target.process(), target.credentials());
    }

    /** Whether a thread may trace another, of another process. */
    public static boolean mayTrace(Task tracer, Task other) {
        if (mayTraceAll(tracer)) {
            return true;
        }
        Credentials own = tracer.credentials();
        Credentials theirs = other.credentials();
        boolean same =
                own.uid() == theirs.uid()
                        && own.uid() == theirs.euid()
                        && own.uid() == theirs.suid()
                        && own.gid() == theirs.gid()
                        && own.gid() == theirs.egid()
                        && own.gid() == theirs.sgid();
        return same && other.group().traits().isOpen() && mayHave(tracer, theirs);
    }

    /** Whether a thread may trace one with these capabilities. */
    public static boolean mayHave(Task tracer, Credentials theirs) {
        return mayTraceAll(tracer) || (theirs.permitted() & ~tracer.credentials().permitted()) == 0;
    }

    public static boolean mayTraceAll(Task tracer) {
        return tracer.credentials().has(CAP_SYS_PTRACE);
    }

    /** Whether a task may look into a process of these credentials. */
    public static boolean isAllowed(Task reader, ThreadGroup process, Credentials other) {
        Credentials own = reader.credentials();
        if (reader.group() == process || own.has(CAP_SYS_PTRACE)) {
            return true;
        }
        boolean same =
                own.fsuid() == other.uid()
                        && own.fsuid() == other.euid()
                        && own.fsuid() == other.suid()
                        && own.fsgid() == other.gid()
                        && own.fsgid() == other.egid()
                        && own.fsgid() == other.sgid();
        return same && process.traits().isOpen() && (other.permitted() & ~own.permitted()) == 0;
    }
}
