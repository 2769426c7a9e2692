package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.CredentialsChange;
import dev.littlecloud.kernel.task.Task;

/** User ids; credentials(7). Each thread has its own: the C library changes those of all threads. */
final class IdentityCalls {
    /** "Leave this one as it is", and an id that nobody can have. */
    private static final int KEEP = -1;

    private IdentityCalls() {}

    static void register(SyscallTable table) {
        table.full(39, "getpid", "", (Handler.Call0) task -> task.group().pid());
        table.full(110, "getppid", "", (Handler.Call0) task -> task.group().parentPid());
        table.full(186, "gettid", "", (Handler.Call0) Task::tid);
        table.full(102, "getuid", "", (Handler.Call0) task -> id(task.credentials().uid()));
        table.full(107, "geteuid", "", (Handler.Call0) task -> id(task.credentials().euid()));
        table.full(105, "setuid", "int", (Handler.Call1) IdentityCalls::setuid);
        table.full(113, "setreuid", "int,int", (Handler.Call2) IdentityCalls::setreuid);
        table.full(117, "setresuid", "int,int,int", (Handler.Call3) IdentityCalls::setresuid);
        table.full(118, "getresuid", "ptr,ptr,ptr", (Handler.Call3) IdentityCalls::getresuid);
        table.full(122, "setfsuid", "int", (Handler.Call1) IdentityCalls::setfsuid);
    }

    /** Ids are unsigned: a large one is not an error number. */
    static long id(int value) {
        return value & 0xFFFF_FFFFL;
    }

    private static long setuid(Task task, long wanted) {
        Credentials old = task.credentials();
        int uid = (int) wanted;
        if (uid == KEEP) {
            return -Errno.EINVAL;
        }
        CredentialsChange change = new CredentialsChange(old);
        if (old.has(Credentials.CAP_SETUID)) {
            change.uid = uid;
            change.suid = uid;
        } else if (uid != old.uid() && uid != old.suid()) {
            return -Errno.EPERM;
        }
        change.euid = uid;
        change.fsuid = uid;
        return commit(task, change);
    }

    private static long setreuid(Task task, long realWanted, long effectiveWanted) {
        Credentials old = task.credentials();
        int real = (int) realWanted;
        int effective = (int) effectiveWanted;
        boolean privileged = old.has(Credentials.CAP_SETUID);
        CredentialsChange change = new CredentialsChange(old);
        if (real != KEEP) {
            if (!privileged && real != old.uid() && real != old.euid()) {
                return -Errno.EPERM;
            }
            change.uid = real;
        }
        if (effective != KEEP) {
            if (!privileged && !isOneOf(old, effective)) {
                return -Errno.EPERM;
            }
            change.euid = effective;
        }
        if (real != KEEP || (effective != KEEP && effective != old.uid())) {
            change.suid = change.euid;
        }
        change.fsuid = change.euid;
        return commit(task, change);
    }

    private static long setresuid(Task task, long real, long effective, long saved) {
        Credentials old = task.credentials();
        boolean privileged = old.has(Credentials.CAP_SETUID);
        if (!privileged
                && !(mayBe(old, (int) real)
                        && mayBe(old, (int) effective)
                        && mayBe(old, (int) saved))) {
            return -Errno.EPERM;
        }
        CredentialsChange change = new CredentialsChange(old);
        change.uid = (int) real == KEEP ? old.uid() : (int) real;
        change.euid = (int) effective == KEEP ? old.euid() : (int) effective;
        change.suid = (int) saved == KEEP ? old.suid() : (int) saved;
        change.fsuid = change.euid;
        return commit(task, change);
    }

    private static boolean isOneOf(Credentials old, int uid) {
        return uid == old.uid() || uid == old.euid() || uid == old.suid();
    }

    private static boolean mayBe(Credentials old, int uid) {
        return uid == KEEP || isOneOf(old, uid);
    }

    private static long commit(Task task, CredentialsChange change) {
        change.fixCapabilities();
        change.apply(task);
        return 0;
    }

    private static long getresuid(Task task, long real, long effective, long saved) {
        Credentials credentials = task.credentials();
        UserMemory memory = task.memory();
        memory.writeInt(real, credentials.uid());
        memory.writeInt(effective, credentials.euid());
        memory.writeInt(saved, credentials.suid());
        return 0;
    }

    /** Answers the old id whether it changed or not; setfsuid(2). */
    private static long setfsuid(Task task, long wanted) {
        Credentials old = task.credentials();
        int uid = (int) wanted;
        boolean allowed =
                isOneOf(old, uid) || uid == old.fsuid() || old.has(Credentials.CAP_SETUID);
        if (uid != KEEP && allowed) {
            CredentialsChange change = new CredentialsChange(old);
            change.fsuid = uid;
            change.fixFileCapabilities();
            change.apply(task);
        }
        return id(old.fsuid());
    }
}
