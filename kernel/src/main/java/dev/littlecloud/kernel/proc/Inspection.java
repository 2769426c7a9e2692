package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** Who may look into a process; ptrace(2), "Ptrace access mode checking". */
public final class Inspection {
    private static final int CAP_SYS_PTRACE = 19;

    private Inspection() {}

    static boolean isAllowed(Task reader, Target target) {
        return reader.group() == target.process() || isAllowed(reader, target.credentials());
    }

    /** Whether a task may look into another process of these credentials. */
    public static boolean isAllowed(Task reader, Credentials other) {
        Credentials own = reader.credentials();
        if (own.has(CAP_SYS_PTRACE)) {
            return true;
        }
        boolean same =
                own.fsuid() == other.uid()
                        && own.fsuid() == other.euid()
                        && own.fsuid() == other.suid()
                        && own.fsgid() == other.gid()
                        && own.fsgid() == other.egid()
                        && own.fsgid() == other.sgid();
        return same && (other.permitted() & ~own.permitted()) == 0;
    }
}
