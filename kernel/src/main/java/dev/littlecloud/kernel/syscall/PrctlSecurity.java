package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.CredentialsChange;
import dev.littlecloud.kernel.task.Task;

/** The options of prctl(2) that have to do with privileges; capabilities(7). */
final class PrctlSecurity {
    private static final int GET_KEEPCAPS = 7;
    private static final int SET_KEEPCAPS = 8;
    private static final int GET_SECCOMP = 21;
    private static final int SET_SECCOMP = 22;
    private static final int CAPBSET_READ = 23;
    private static final int CAPBSET_DROP = 24;
    private static final int GET_SECUREBITS = 27;
    private static final int SET_SECUREBITS = 28;
    private static final int SET_NO_NEW_PRIVS = 38;
    private static final int GET_NO_NEW_PRIVS = 39;
    private static final int CAP_AMBIENT = 47;

    private static final int AMBIENT_IS_SET = 1;
    private static final int AMBIENT_RAISE = 2;
    private static final int AMBIENT_LOWER = 3;
    private static final int AMBIENT_CLEAR_ALL = 4;

    private PrctlSecurity() {}

    static long prctl(Task task, int option, long b, long c, long d, long e) {
        Credentials credentials = task.credentials();
        boolean restZero = c == 0 && d == 0 && e == 0;
        return switch (option) {
            case GET_KEEPCAPS -> credentials.keepCapabilities() ? 1 : 0;
            case SET_KEEPCAPS -> setKeepCapabilities(task, b);
            case GET_SECCOMP -> SeccompCalls.mode(task);
            case SET_SECCOMP -> SeccompCalls.setMode(task, b, c);
            case CAPBSET_READ -> {
                if (!isCapability(b)) {
                    yield -Errno.EINVAL;
                }
                yield credentials.bounding() >>> b & 1;
            }
            case CAPBSET_DROP -> dropBounding(task, b);
            case GET_SECUREBITS -> CredentialsChange.secureBits(credentials);
            case SET_SECUREBITS -> setSecureBits(task, b);
            case SET_NO_NEW_PRIVS -> {
                if (b != 1 || !restZero) {
                    yield -Errno.EINVAL;
                }
                CredentialsChange change = new CredentialsChange(credentials);
                change.noNewPrivileges = true;
                change.apply(task);
                yield 0;
            }
            case GET_NO_NEW_PRIVS -> {
                if (b != 0 || !restZero) {
                    yield -Errno.EINVAL;
                }
                yield credentials.noNewPrivileges() ? 1 : 0;
            }
            case CAP_AMBIENT -> ambient(task, b, c, d == 0 && e == 0);
            default -> -Errno.EINVAL;
        };
    }

    private static boolean isCapability(long number) {
        return number >= 0 && number <= CredentialsChange.LAST_CAPABILITY;
    }

    private static long setKeepCapabilities(Task task, long value) {
        if (value != 0 && value != 1) {
            return -Errno.EINVAL;
        }
        CredentialsChange change = new CredentialsChange(task.credentials());
        if ((change.secureBits & CredentialsChange.KEEP_CAPS_LOCKED) != 0) {
            return -Errno.EPERM;
        }
        change.secureBits =
                value == 1
                        ? change.secureBits | CredentialsChange.KEEP_CAPS
                        : change.secureBits & ~CredentialsChange.KEEP_CAPS;
        change.apply(task);
        return 0;
    }

    private static long dropBounding(Task task, long capability) {
        if (!task.credentials().has(Credentials.CAP_SETPCAP)) {
            return -Errno.EPERM;
        }
        if (!isCapability(capability)) {
            return -Errno.EINVAL;
        }
        CredentialsChange change = new CredentialsChange(task.credentials());
        change.bounding &= ~(1L << capability);
        change.apply(task);
        return 0;
    }

    private static long setSecureBits(Task task, long bits) {
        Credentials credentials = task.credentials();
        int old = CredentialsChange.secureBits(credentials);
        int locked = (old & CredentialsChange.SECURE_LOCKS) >> 1;
        boolean changesLocked = (locked & (old ^ bits)) != 0;
        boolean unlocks = (old & CredentialsChange.SECURE_LOCKS & ~bits) != 0;
        boolean unknown = (bits & ~CredentialsChange.ALL_SECURE_BITS) != 0;
        if (changesLocked || unlocks || unknown || !credentials.has(Credentials.CAP_SETPCAP)) {
            return -Errno.EPERM;
        }
        CredentialsChange change = new CredentialsChange(credentials);
        change.secureBits = (int) bits;
        change.apply(task);
        return 0;
    }

    private static long ambient(Task task, long action, long capability, boolean restZero) {
        Credentials credentials = task.credentials();
        if (action == AMBIENT_CLEAR_ALL) {
            if (capability != 0 || !restZero) {
                return -Errno.EINVAL;
            }
            CredentialsChange change = new CredentialsChange(credentials);
            change.ambient = 0;
            change.apply(task);
            return 0;
        }
        if (!isCapability(capability) || !restZero) {
            return -Errno.EINVAL;
        }
        long bit = 1L << capability;
        if (action == AMBIENT_IS_SET) {
            return (credentials.ambient() & bit) != 0 ? 1 : 0;
        }
        if (action != AMBIENT_RAISE && action != AMBIENT_LOWER) {
            return -Errno.EINVAL;
        }
        CredentialsChange change = new CredentialsChange(credentials);
        if (action == AMBIENT_RAISE) {
            boolean mayRaise =
                    (credentials.permitted() & credentials.inheritable() & bit) != 0
                            && (change.secureBits & CredentialsChange.NO_AMBIENT_RAISE) == 0;
            if (!mayRaise) {
                return -Errno.EPERM;
            }
            change.ambient |= bit;
        } else {
            change.ambient &= ~bit;
        }
        change.apply(task);
        return 0;
    }
}
