package dev.littlecloud.kernel.task;

/** Credentials in the making: a copy whose fields can be set, with what Linux does along with it. */
public final class CredentialsChange {
    /** SECBIT_NOROOT: root's id gives no capabilities at execve(2); capabilities(7). */
    public static final int NO_ROOT = 1;

    /** SECBIT_NO_SETUID_FIXUP: changes of user ids leave the capabilities alone. */
    public static final int NO_SETUID_FIXUP = 1 << 2;

    /** SECBIT_KEEP_CAPS, which prctl(PR_SET_KEEPCAPS) sets. */
    public static final int KEEP_CAPS = 1 << 4;

    public static final int KEEP_CAPS_LOCKED = 1 << 5;

    /** SECBIT_NO_CAP_AMBIENT_RAISE. */
    public static final int NO_AMBIENT_RAISE = 1 << 6;

    public static final int ALL_SECURE_BITS = 0xFF;
    public static final int SECURE_LOCKS = 0xAA;

    /** CAP_LAST_CAP. */
    public static final int LAST_CAPABILITY = 40;

    public static final long ALL_CAPABILITIES = (1L << (LAST_CAPABILITY + 1)) - 1;

    /**
     * Capabilities that go with the file-system user id: chown, dac_override, dac_read_search,
     * fowner, fsetid, linux_immutable, mknod and mac_override.
     */
    private static final long FILE_CAPABILITIES = 0x1F | 1L << 9 | 1L << 27 | 1L << 32;

    public int uid;
    public int euid;
    public int suid;
    public int fsuid;
    public int gid;
    public int egid;
    public int sgid;
    public int fsgid;
    public int[] groups;
    public long permitted;
    public long effective;
    public long inheritable;
    public long bounding;
    public long ambient;
    public boolean noNewPrivileges;
    public int secureBits;

    private final Credentials old;

    public CredentialsChange(Credentials old) {
        this.old = old;
        uid = old.uid();
        euid = old.euid();
        suid = old.suid();
        fsuid = old.fsuid();
        gid = old.gid();
        egid = old.egid();
        sgid = old.sgid();
        fsgid = old.fsgid();
        groups = old.groups();
        permitted = old.permitted();
        effective = old.effective();
        inheritable = old.inheritable();
        bounding = old.bounding();
        ambient = old.ambient();
        noNewPrivileges = old.noNewPrivileges();
        secureBits = secureBits(old);
    }

    /** Secure bits with the one that Linux keeps for prctl(PR_SET_KEEPCAPS). */
    public static int secureBits(Credentials credentials) {
        int kept = credentials.keepCapabilities() ? KEEP_CAPS : 0;
        return (credentials.secureBits() & ~KEEP_CAPS) | kept;
    }

    /** What a change of the user ids does to the capabilities; capabilities(7). */
    public void fixCapabilities() {
        if ((secureBits & NO_SETUID_FIXUP) != 0) {
            return;
        }
        boolean hadRoot = old.uid() == 0 || old.euid() == 0 || old.suid() == 0;
        boolean hasRoot = uid == 0 || euid == 0 || suid == 0;
        if (hadRoot && !hasRoot) {
            if ((secureBits & KEEP_CAPS) == 0) {
                permitted = 0;
                effective = 0;
            }
            ambient = 0;
        }
        if (old.euid() == 0 && euid != 0) {
            effective = 0;
        }
        if (old.euid() != 0 && euid == 0) {
            effective = permitted;
        }
    }

    /** What setfsuid(2) does to the capabilities. */
    public void fixFileCapabilities() {
        if ((secureBits & NO_SETUID_FIXUP) != 0) {
            return;
        }
        if (old.fsuid() == 0 && fsuid != 0) {
            effective &= ~FILE_CAPABILITIES;
        }
        if (old.fsuid() != 0 && fsuid == 0) {
            effective |= permitted & FILE_CAPABILITIES;
        }
    }

    /** Gives the thread its new credentials. */
    public void apply(Task task) {
        boolean gained = (permitted & ~old.permitted()) != 0;
        boolean other =
                euid != old.euid()
                        || egid != old.egid()
                        || fsuid != old.fsuid()
                        || fsgid != old.fsgid();
        if (gained || other) {
            // Its memory may hold what the new identity must not see, or the other way round;
            // prctl(2), PR_SET_DUMPABLE and PR_SET_PDEATHSIG.
            task.group().traits().dumpable(0);
            task.parentDeathSignal(0);
        }
        task.credentials(
                new Credentials(
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
                        noNewPrivileges,
                        (secureBits & KEEP_CAPS) != 0,
                        secureBits & ~KEEP_CAPS));
    }
}
