package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.CredentialsChange;
import dev.littlecloud.kernel.task.Task;

/** capget(2) and capset(2). */
final class CapabilityCalls {
    private static final int VERSION_1 = 0x19980330;
    private static final int VERSION_2 = 0x20071026;
    private static final int VERSION_3 = 0x20080522;

    /** Bytes of the three sets' 32 bits. */
    private static final int DATA_BYTES = 12;

    private CapabilityCalls() {}

    static void register(SyscallTable table) {
        table.full(125, "capget", "ptr,ptr", (Handler.Call2) CapabilityCalls::capget);
        table.full(126, "capset", "ptr,ptr", (Handler.Call2) CapabilityCalls::capset);
    }

    /** How many parts of 32 bits a version has; 0, and the version there is, for an unknown one. */
    private static int parts(UserMemory memory, long header) {
        return switch (memory.readInt(header)) {
            case VERSION_1 -> 1;
            case VERSION_2, VERSION_3 -> 2;
            default -> {
                memory.writeInt(header, VERSION_3);
                yield 0;
            }
        };
    }

    private static long capget(Task task, long header, long data) {
        UserMemory memory = task.memory();
        int parts = parts(memory, header);
        if (data == 0 || parts == 0) {
            return data == 0 ? 0 : -Errno.EINVAL;
        }
        int tid = memory.readInt(header + 4);
        if (tid < 0) {
            return -Errno.EINVAL;
        }
        Task target = tid == 0 ? task : task.kernel().tasks().task(tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        Credentials credentials = target.credentials();
        for (int i = 0; i < parts; i++) {
            long at = data + (long) DATA_BYTES * i;
            int shift = 32 * i;
            memory.writeInt(at, (int) (credentials.effective() >>> shift));
            memory.writeInt(at + 4, (int) (credentials.permitted() >>> shift));
            memory.writeInt(at + 8, (int) (credentials.inheritable() >>> shift));
        }
        return 0;
    }

    private static long capset(Task task, long header, long data) {
        UserMemory memory = task.memory();
        int parts = parts(memory, header);
        if (parts == 0) {
            return -Errno.EINVAL;
        }
        int tid = memory.readInt(header + 4);
        if (tid != 0 && tid != task.tid()) {
            return -Errno.EPERM;
        }
        long effective = 0;
        long permitted = 0;
        long inheritable = 0;
        for (int i = 0; i < parts; i++) {
            long at = data + (long) DATA_BYTES * i;
            int shift = 32 * i;
            effective |= (memory.readInt(at) & 0xFFFF_FFFFL) << shift;
            permitted |= (memory.readInt(at + 4) & 0xFFFF_FFFFL) << shift;
            inheritable |= (memory.readInt(at + 8) & 0xFFFF_FFFFL) << shift;
        }
        effective &= CredentialsChange.ALL_CAPABILITIES;
        permitted &= CredentialsChange.ALL_CAPABILITIES;
        inheritable &= CredentialsChange.ALL_CAPABILITIES;
        Credentials old = task.credentials();
        long ownInheritable = old.inheritable() | old.permitted();
        boolean raises = !isWithin(inheritable, ownInheritable);
        if ((raises && !old.has(Credentials.CAP_SETPCAP))
                || !isWithin(inheritable, old.inheritable() | old.bounding())
                || !isWithin(permitted, old.permitted())
                || !isWithin(effective, permitted)) {
            return -Errno.EPERM;
        }
        CredentialsChange change = new CredentialsChange(old);
        change.effective = effective;
        change.permitted = permitted;
        change.inheritable = inheritable;
        change.ambient &= permitted & inheritable;
        change.apply(task);
        return 0;
    }

    private static boolean isWithin(long set, long bounds) {
        return (set & ~bounds) == 0;
    }
}
