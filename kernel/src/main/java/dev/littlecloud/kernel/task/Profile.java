package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.mm.AnswerCounts;
import dev.littlecloud.kernel.syscall.SyscallNames;
import dev.littlecloud.kernel.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What programs left the guest for, how often, and for how long. Guarded by the instance lock; an
 * instance that is not profiled has none.
 */
public final class Profile {
    private static final int PAGE_FAULT = 14;
    private static final int VECTORS = 32;

    // Kinds of exits: system calls by number, then exceptions by vector, then the rest.
    private static final int OTHER_CALL = SyscallTable.SIZE;
    private static final int EXCEPTIONS = OTHER_CALL + 1;
    private static final int KICK = EXCEPTIONS + VECTORS;
    private static final int FAULT = KICK + 1;
    private static final int KINDS = FAULT + 1;

    private final long[] exits = new long[KINDS];
    private final long[] exitNanos = new long[KINDS];
    private final long[] posted = new long[KINDS];
    private final long[] postedNanos = new long[KINDS];

    /**
     * A line of the table.
     *
     * @param what a call's name, or what else happened
     * @param nanos time in the kernel
     */
    public record Line(String what, Way way, long count, long nanos) {}

    /** Where a program was meanwhile. */
    public enum Way {
        /** Outside of the guest. */
        EXIT,
        /** In the guest, where it waited for the answer. */
        POSTED,
        /** In the guest, where it knew the answer. */
        KNOWN
    }

    /** A processor's part: what its program left for is being dealt with until it enters again. */
    static final class Lane {
        private final Profile profile;
        private int kind = KICK;
        private long since;

        private Lane(Profile profile) {
            this.profile = profile;
        }

        void call(int number, long now) {
            left(number >= 0 && number < OTHER_CALL ? number : OTHER_CALL, now);
        }

        void exception(int vector, long now) {
            left(EXCEPTIONS + (vector & (VECTORS - 1)), now);
        }

        void kick(long now) {
            left(KICK, now);
        }

        void fault(long now) {
            left(FAULT, now);
        }

        private void left(int what, long now) {
            kind = what;
            since = now;
            profile.exits[what]++;
        }

        /** The program goes on, or waits. */
        void done(long now) {
            if (since != 0) {
                profile.exitNanos[kind] += now - since;
                since = 0;
            }
        }
    }

    Lane lane() {
        return new Lane(this);
    }

    /** A call was made while the program stayed in the guest. */
    void posted(int number, long nanos) {
        posted[number]++;
        postedNanos[number] += nanos;
    }

    /**
     * What there was, the most frequent first.
     *
     * @param known how often programs had no need to make a call
     */
    public List<Line> lines(AnswerCounts known) {
        List<Line> lines = new ArrayList<>();
        known.tell(
                (number, count) -> {
                    if (count > 0) {
                        lines.add(new Line(name(number), Way.KNOWN, count, 0));
                    }
                });
        for (int kind = 0; kind < KINDS; kind++) {
            if (exits[kind] > 0) {
                lines.add(new Line(name(kind), Way.EXIT, exits[kind], exitNanos[kind]));
            }
            if (posted[kind] > 0) {
                lines.add(new Line(name(kind), Way.POSTED, posted[kind], postedNanos[kind]));
            }
        }
        lines.sort(Comparator.comparingLong(Line::count).reversed());
        return lines;
    }

    private static String name(int kind) {
        if (kind < OTHER_CALL) {
            return SyscallNames.of(kind);
        }
        return switch (kind) {
            case OTHER_CALL -> "calls that do not exist";
            case EXCEPTIONS + PAGE_FAULT -> "page fault";
            case KICK -> "called out of the guest";
            case FAULT -> "page that the host lacks";
            default -> "exception " + (kind - EXCEPTIONS);
        };
    }
}
