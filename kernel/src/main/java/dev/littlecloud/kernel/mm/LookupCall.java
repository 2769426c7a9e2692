package dev.littlecloud.kernel.mm;

import org.jspecify.annotations.Nullable;

/**
 * System calls that ask for a path, and mostly get the same answer again.
 *
 * @param pathArgument which argument the path is: 0 or 1
 * @param keyArgument the other argument that decides what the answer is: 1, 2 or 3
 */
public record LookupCall(int number, int pathArgument, int keyArgument) {
    private static final LookupCall OPEN = new LookupCall(2, 0, 1);
    private static final LookupCall ACCESS = new LookupCall(21, 0, 1);
    private static final LookupCall READLINK = new LookupCall(89, 0, 2);
    private static final LookupCall OPENAT = new LookupCall(257, 1, 2);
    private static final LookupCall NEWFSTATAT = new LookupCall(262, 1, 3);
    private static final LookupCall READLINKAT = new LookupCall(267, 1, 3);
    private static final LookupCall FACCESSAT = new LookupCall(269, 1, 2);

    /** The one with a number, or null. */
    public static @Nullable LookupCall of(long number) {
        return switch ((int) number) {
            case 2 -> OPEN;
            case 21 -> ACCESS;
            case 89 -> READLINK;
            case 257 -> OPENAT;
            case 262 -> NEWFSTATAT;
            case 267 -> READLINKAT;
            case 269 -> FACCESSAT;
            default -> null;
        };
    }

    /** Whether it opens a file; the other argument are its flags then. */
    public boolean isOpen() {
        return this == OPEN || this == OPENAT;
    }

    /** Whether it reads a symbolic link, and so fails where there is something else. */
    public boolean isReadlink() {
        return this == READLINK || this == READLINKAT;
    }

    /** Whether it tells the status of what is there; the other argument are its flags AT_*. */
    public boolean isStat() {
        return this == NEWFSTATAT;
    }

    /** Whether it asks what may be done with what is there. */
    public boolean isAccess() {
        return this == ACCESS || this == FACCESSAT;
    }
}
