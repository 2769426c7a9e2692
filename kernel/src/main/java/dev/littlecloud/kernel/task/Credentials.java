package dev.littlecloud.kernel.task;

import java.util.Arrays;

/**
 * User, group and capability identity of a thread; credentials(7), capabilities(7). Immutable: a
 * change is a new object.
 */
public record Credentials(
        int uid,
        int euid,
        int suid,
        int fsuid,
        int gid,
        int egid,
        int sgid,
        int fsgid,
        int[] groups,
        long permitted,
        long effective,
        long inheritable,
        long bounding,
        long ambient,
        boolean noNewPrivileges,
        boolean keepCapabilities,
        int secureBits) {
    public static final int CAP_CHOWN = 0;
    public static final int CAP_DAC_OVERRIDE = 1;
    public static final int CAP_DAC_READ_SEARCH = 2;
    public static final int CAP_FOWNER = 3;
    public static final int CAP_FSETID = 4;
    public static final int CAP_KILL = 5;
    public static final int CAP_SETGID = 6;
    public static final int CAP_SETUID = 7;
    public static final int CAP_SETPCAP = 8;
    public static final int CAP_NET_BIND_SERVICE = 10;
    public static final int CAP_NET_RAW = 13;
    public static final int CAP_SYS_CHROOT = 18;
    public static final int CAP_SYS_ADMIN = 21;
    public static final int CAP_SYS_NICE = 23;
    public static final int CAP_SYS_RESOURCE = 24;
    public static final int CAP_MKNOD = 27;
    public static final int CAP_AUDIT_WRITE = 29;
    public static final int CAP_SETFCAP = 31;

    /** What root in a container has by default (the set that Docker grants). */
    public static final long CONTAINER_ROOT =
            1L << CAP_CHOWN
                    | 1L << CAP_DAC_OVERRIDE
                    | 1L << CAP_FOWNER
                    | 1L << CAP_FSETID
                    | 1L << CAP_KILL
                    | 1L << CAP_SETGID
                    | 1L << CAP_SETUID
                    | 1L << CAP_SETPCAP
                    | 1L << CAP_NET_BIND_SERVICE
                    | 1L << CAP_NET_RAW
                    | 1L << CAP_SYS_CHROOT
                    | 1L << CAP_MKNOD
                    | 1L << CAP_AUDIT_WRITE
                    | 1L << CAP_SETFCAP;

    /** Up to so many groups are part of what every task is charged. */
    private static final int FREE_GROUPS = 32;

    /** The first process's identity. */
    public static Credentials of(int uid, int gid, int... groups) {
        long held = uid == 0 ? CONTAINER_ROOT : 0;
        return new Credentials(
                uid,
                uid,
                uid,
                uid,
                gid,
                gid,
                gid,
                gid,
                groups,
                held,
                held,
                0,
                CONTAINER_ROOT,
                0,
                false,
                false,
                0);
    }

    /**
     * Identity after execve(2) of a file with this mode and owner: set-user-id and set-group-id bits
     * count unless no_new_privs is set; root keeps its bounded capabilities, others lose theirs but
     * for the ambient ones.
     */
    public Credentials afterExec(int mode, int fileUid, int fileGid) {
        boolean mayGain = !noNewPrivileges;
        int newUid = mayGain && (mode & 04000) != 0 ? fileUid : euid;
        int newGid = mayGain && (mode & 02010) == 02010 ? fileGid : egid;
        boolean gained = newUid != euid || newGid != egid;
        long newAmbient = gained ? 0 : ambient;
        boolean rootCounts = (secureBits & CredentialsChange.NO_ROOT) == 0;
        boolean root = rootCounts && (newUid == 0 || uid == 0);
        long newPermitted = root ? inheritable | bounding : newAmbient;
        long newEffective = rootCounts && newUid == 0 ? newPermitted : newAmbient;
        return new Credentials(
                uid,
                newUid,
                newUid,
                newUid,
                gid,
                newGid,
                newGid,
                newGid,
                groups,
                newPermitted,
                newEffective,
                inheritable,
                bounding,
                newAmbient,
                noNewPrivileges,
                false,
                secureBits);
    }

    /** Bytes of a long list of groups; others are part of what every task costs. */
    public long groupBytes() {
        return groups.length > FREE_GROUPS ? 4L * groups.length : 0;
    }

    /** With prctl(PR_SET_NO_NEW_PRIVS) in effect. */
    public Credentials withoutNewPrivileges() {
        return new Credentials(
                uid,
                euid,
                suid,
                fsuid,
                gid,
                egid,
                sgid,
                fsgid,
                groups,
                permitted,
                effective,
                inheritable,
                bounding,
                ambient,
                true,
                keepCapabilities,
                secureBits);
    }

    public boolean has(int capability) {
        return (effective >>> capability & 1) != 0;
    }

    /** Whether the file-system group identity includes {@code group}. */
    public boolean inGroup(int group) {
        if (group == fsgid) {
            return true;
        }
        for (int member : groups) {
            if (member == group) {
                return true;
            }
        }
        return false;
    }

    /** Whether both may do the same with files. */
    public boolean hasRightsOf(Credentials other) {
        return uid == other.uid
                && gid == other.gid
                && fsuid == other.fsuid
                && fsgid == other.fsgid
                && permitted == other.permitted
                && effective == other.effective
                && Arrays.equals(groups, other.groups);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(groups) * 31 + uid;
    }
}
