package dev.littlecloud.kernel.ipc.sysv;

import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** What the three kinds have in common: an id, a key, and who may do what. */
public abstract class IpcObject {
    public static final int IPC_PRIVATE = 0;

    /** Permission to read, and to write or alter, for all classes of users. */
    public static final int READ = 0444;

    public static final int WRITE = 0222;

    /** Bytes of {@code struct ipc64_perm}. */
    public static final int PERMISSION_BYTES = 48;

    private static final int CAP_IPC_OWNER = 15;
    private static final int ACCESS_BITS = 0777;

    int id = -1;
    private int key;
    private int uid;
    private int gid;
    private final int creatorUid;
    private final int creatorGid;
    private int mode;
    private boolean removed;

    /** When it was made or changed, in seconds since 1970. */
    private long changedAt;

    IpcObject(Task creator, int key, long flags) {
        Credentials credentials = creator.credentials();
        this.key = key;
        this.uid = credentials.euid();
        this.gid = credentials.egid();
        this.creatorUid = uid;
        this.creatorGid = gid;
        this.mode = (int) flags & ACCESS_BITS;
        this.changedAt = seconds(creator);
    }

    public final int id() {
        return id;
    }

    public final int key() {
        return key;
    }

    /** It can no longer be found by its key. */
    final void forgetKey() {
        key = IPC_PRIVATE;
    }

    public final boolean isRemoved() {
        return removed;
    }

    final void removed() {
        removed = true;
    }

    final long changedAt() {
        return changedAt;
    }

    final void changed(Task task) {
        changedAt = seconds(task);
    }

    static long seconds(Task task) {
        return task.kernel().clock().realtimeNanos() / 1_000_000_000L;
    }

    /** Whether the task may do what the permission bits say; svipc(7). */
    public final boolean allows(Task task, int wanted) {
        Credentials who = task.credentials();
        int requested = wanted >> 6 | wanted >> 3 | wanted;
        int granted = mode;
        if (who.euid() == creatorUid || who.euid() == uid) {
            granted >>= 6;
        } else if (who.inGroup(creatorGid) || who.inGroup(gid)) {
            granted >>= 3;
        }
        return (requested & ~granted & 7) == 0 || who.has(CAP_IPC_OWNER);
    }

    /** Whether the task may change or remove it. */
    public final boolean isOwnedBy(Task task) {
        Credentials who = task.credentials();
        return who.euid() == creatorUid || who.euid() == uid || who.has(Credentials.CAP_SYS_ADMIN);
    }

    /** Bits of the mode that tell something about the object itself. */
    int modeFlags() {
        return 0;
    }

    /** Its row of a file in /proc/sysvipc. */
    public abstract String describe();

    /** Key, id and permissions, as such a row begins. */
    final String describeIdentity() {
        return "%10d %10d  %4o".formatted(key, id, mode | modeFlags());
    }

    /** Owner and creator, in the middle of a row. */
    final String describeOwners() {
        return " %5d %5d %5d %5d"
                .formatted(
                        Integer.toUnsignedLong(uid),
                        Integer.toUnsignedLong(gid),
                        Integer.toUnsignedLong(creatorUid),
                        Integer.toUnsignedLong(creatorGid));
    }

    /** Writes {@code struct ipc64_perm}. */
    final void writePermissions(UserMemory memory, long address) {
        memory.writeZeros(address, PERMISSION_BYTES);
        memory.writeInt(address, key);
        memory.writeInt(address + 4, uid);
        memory.writeInt(address + 8, gid);
        memory.writeInt(address + 12, creatorUid);
        memory.writeInt(address + 16, creatorGid);
        memory.writeInt(address + 20, mode | modeFlags());
        memory.writeShort(address + 24, (short) (id / IpcTable.SLOTS));
    }

    /** IPC_SET: takes owner, group and permissions from {@code struct ipc64_perm}. */
    public final void setPermissions(Task task, long address) {
        UserMemory memory = task.memory();
        int newUid = memory.readInt(address + 4);
        int newGid = memory.readInt(address + 8);
        int newMode = memory.readInt(address + 20);
        uid = newUid;
        gid = newGid;
        mode = newMode & ACCESS_BITS;
        changed(task);
    }
}
