package dev.littlecloud.kernel.seccomp;

import org.jspecify.annotations.Nullable;

/**
 * A thread's filters, the newest first; all of them run, and the most restrictive answer counts. New
 * threads and processes share them, and nothing takes one away. {@link #STRICT} is the mode without
 * filters that leaves read, write, exit and sigreturn.
 */
public final class Seccomp {
    public static final int KILL_PROCESS = 0x8000_0000;
    public static final int KILL_THREAD = 0x0000_0000;
    public static final int TRAP = 0x0003_0000;
    public static final int ERRNO = 0x0005_0000;
    public static final int USER_NOTIFICATION = 0x7FC0_0000;
    public static final int TRACE = 0x7FF0_0000;
    public static final int LOG = 0x7FFC_0000;
    public static final int ALLOW = 0x7FFF_0000;

    /** The part of a filter's answer that says what to do; the rest is a number to go with it. */
    public static final int ACTION = 0xFFFF_0000;

    public static final int DATA = 0x0000_FFFF;

    /** Instructions of all filters of a thread, each counting four more. */
    private static final int MAX_TOTAL = 32768;

    private static final int PENALTY = 4;

    public static final Seccomp STRICT = new Seccomp(null, null);

    private final @Nullable FilterProgram program;
    private final @Nullable Seccomp older;
    private final int count;
    private final int total;

    private Seccomp(@Nullable FilterProgram program, @Nullable Seccomp older) {
        this.program = program;
        this.older = older;
        this.count = (program == null ? 0 : 1) + (older == null ? 0 : older.count);
        this.total =
                (program == null ? 0 : program.length() + PENALTY)
                        + (older == null ? 0 : older.total);
    }

    /**
     * Filters with one more in front.
     *
     * @param instructions as {@code struct sock_filter}
     * @return null where the program is not valid
     */
    public static @Nullable Seccomp filter(long[] instructions, @Nullable Seccomp older) {
        FilterProgram program = new FilterProgram(instructions);
        return program.isValid() ? new Seccomp(program, older) : null;
    }

    /** Whether a program may have so many instructions. */
    public static boolean isLength(int instructions) {
        return instructions > 0 && instructions <= FilterProgram.MAX_LENGTH;
    }

    /** Bytes that the filters take, roughly. */
    public long bytes() {
        return total * 8L;
    }

    public boolean isTooLong() {
        return total > MAX_TOTAL;
    }

    public boolean isStrict() {
        return this == STRICT;
    }

    public int filterCount() {
        return count;
    }

    /** Whether {@code newer} was made by adding to these filters, or is the same. */
    public boolean isPartOf(@Nullable Seccomp newer) {
        for (Seccomp at = newer; at != null; at = at.older) {
            if (at == this) {
                return true;
            }
        }
        return false;
    }

    /** What the filters say of a call: an action with its data. */
    public int decide(SyscallData call) {
        int decision = ALLOW;
        for (Seccomp at = this; at != null; at = at.older) {
            if (at.program != null) {
                int answer = at.program.run(call);
                // Of the actions as signed numbers the lowest is the most restrictive.
                if ((answer & ACTION) < (decision & ACTION)) {
                    decision = answer;
                }
            }
        }
        return decision;
    }
}
