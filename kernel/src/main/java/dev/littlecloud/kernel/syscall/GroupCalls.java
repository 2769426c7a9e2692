package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.CredentialsChange;
import dev.littlecloud.kernel.task.Task;
import java.util.Arrays;

/** Group ids; credentials(7). */
final class GroupCalls {
    private static final int KEEP = -1;
    private static final int NGROUPS_MAX = 65536;

    private GroupCalls() {}

    static void register(SyscallTable table) {
        table.full(
                104,
                "getgid",
                "",
                (Handler.Call0) task -> IdentityCalls.id(task.credentials().gid()));
        table.full(
                108,
                "getegid",
                "",
                (Handler.Call0) task -> IdentityCalls.id(task.credentials().egid()));
        table.full(106, "setgid", "int", (Handler.Call1) GroupCalls::setgid);
        table.full(114, "setregid", "int,int", (Handler.Call2) GroupCalls::setregid);
        table.full(115, "getgroups", "int,ptr", (Handler.Call2) GroupCalls::getgroups);
        table.full(116, "setgroups", "int,ptr", (Handler.Call2) GroupCalls::setgroups);
        table.full(119, "setresgid", "int,int,int", (Handler.Call3) GroupCalls::setresgid);
        table.full(120, "getresgid", "ptr,ptr,ptr", (Handler.Call3) GroupCalls::getresgid);
        table.full(123, "setfsgid", "int", (Handler.Call1) GroupCalls::setfsgid);
    }

    private static long setgid(Task task, long wanted) {
        Credentials old = task.credentials();
        int gid = (int) wanted;
        if (gid == KEEP) {
            return -Errno.EINVAL;
        }
        CredentialsChange change = new CredentialsChange(old);
        if (old.has(Credentials.CAP_SETGID)) {
            change.gid = gid;
            change.sgid = gid;
        } else if (gid != old.gid() && gid != old.sgid()) {
            return -Errno.EPERM;
        }
        change.egid = gid;
        change.fsgid = gid;
        change.apply(task);
        return 0;
    }

    private static long setregid(Task task, long realWanted, long effectiveWanted) {
        Credentials old = task.credentials();
        int real = (int) realWanted;
        int effective = (int) effectiveWanted;
        boolean privileged = old.has(Credentials.CAP_SETGID);
        CredentialsChange change = new CredentialsChange(old);
        if (real != KEEP) {
            if (!privileged && real != old.gid() && real != old.egid()) {
                return -Errno.EPERM;
            }
            change.gid = real;
        }
        if (effective != KEEP) {
            if (!privileged && !isOneOf(old, effective)) {
                return -Errno.EPERM;
            }
            change.egid = effective;
        }
        if (real != KEEP || (effective != KEEP && effective != old.gid())) {
            change.sgid = change.egid;
        }
        change.fsgid = change.egid;
        change.apply(task);
        return 0;
    }

    private static long setresgid(Task task, long real, long effective, long saved) {
        Credentials old = task.credentials();
        boolean privileged = old.has(Credentials.CAP_SETGID);
        if (!privileged
                && !(mayBe(old, (int) real)
                        && mayBe(old, (int) effective)
                        && mayBe(old, (int) saved))) {
            return -Errno.EPERM;
        }
        CredentialsChange change = new CredentialsChange(old);
        change.gid = (int) real == KEEP ? old.gid() : (int) real;
        change.egid = (int) effective == KEEP ? old.egid() : (int) effective;
        change.sgid = (int) saved == KEEP ? old.sgid() : (int) saved;
        change.fsgid = change.egid;
        change.apply(task);
        return 0;
    }

    private static boolean isOneOf(Credentials old, int gid) {
        return gid == old.gid() || gid == old.egid() || gid == old.sgid();
    }

    private static boolean mayBe(Credentials old, int gid) {
        return gid == KEEP || isOneOf(old, gid);
    }

    private static long getresgid(Task task, long real, long effective, long saved) {
        Credentials credentials = task.credentials();
        UserMemory memory = task.memory();
        memory.writeInt(real, credentials.gid());
        memory.writeInt(effective, credentials.egid());
        memory.writeInt(saved, credentials.sgid());
        return 0;
    }

    private static long setfsgid(Task task, long wanted) {
        Credentials old = task.credentials();
        int gid = (int) wanted;
        boolean allowed =
                isOneOf(old, gid) || gid == old.fsgid() || old.has(Credentials.CAP_SETGID);
        if (gid != KEEP && allowed) {
            CredentialsChange change = new CredentialsChange(old);
            change.fsgid = gid;
            change.apply(task);
        }
        return IdentityCalls.id(old.fsgid());
    }

    private static long getgroups(Task task, long size, long list) {
        int[] groups = task.credentials().groups();
        int room = (int) size;
        if (room < 0 || (room > 0 && room < groups.length)) {
            return -Errno.EINVAL;
        }
        if (room > 0) {
            for (int i = 0; i < groups.length; i++) {
                task.memory().writeInt(list + 4L * i, groups[i]);
            }
        }
        return groups.length;
    }

    private static long setgroups(Task task, long size, long list) {
        Credentials old = task.credentials();
        if (!old.has(Credentials.CAP_SETGID)) {
            return -Errno.EPERM;
        }
        int count = (int) size;
        if (count < 0 || count > NGROUPS_MAX) {
            return -Errno.EINVAL;
        }
        if (!task.kernel().frames().hasRoom(4L * count)) {
            return -Errno.ENOMEM;
        }
        int[] groups = new int[count];
        for (int i = 0; i < count; i++) {
            groups[i] = task.memory().readInt(list + 4L * i);
            if (groups[i] == KEEP) {
                return -Errno.EINVAL;
            }
        }
        Arrays.sort(groups);
        CredentialsChange change = new CredentialsChange(old);
        change.groups = groups;
        change.apply(task);
        return 0;
    }
}
