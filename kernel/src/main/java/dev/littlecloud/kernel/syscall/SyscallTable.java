package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From system-call number to what answers it. The table is the documentation: {@code
 * docs/syscalls.md} is printed from it.
 */
public final class SyscallTable {
    /** One above the highest number that a row may have. */
    public static final int SIZE = 512;

    private final @Nullable Syscall[] rows = new @Nullable Syscall[SIZE];

    /** Adds a call with all documented behaviour. */
    public void full(int number, String name, String arguments, Handler handler) {
        add(new Syscall(number, name, Support.FULL, "", arguments, handler));
    }

    /** Adds a call of which some part is missing. */
    public void partial(int number, String name, String arguments, Handler handler, String note) {
        add(new Syscall(number, name, Support.PARTIAL, note, arguments, handler));
    }

    /** Adds a call that answers {@code errno} on purpose. */
    public void refused(int number, String name, int errno, String note) {
        Handler.Call0 refusal = task -> -errno;
        String text = Errno.name(errno) + ": " + note;
        add(new Syscall(number, name, Support.REFUSED, text, "", refusal));
    }

    /** Adds a call that is answered by an error whatever its arguments, but tells wrong ones first. */
    void refused(int number, String name, String arguments, Handler handler, String note) {
        add(new Syscall(number, name, Support.REFUSED, note, arguments, handler));
    }

    /** Adds a row for each number that has a name and no row yet: ENOSYS, and counted. */
    void addMissing() {
        for (int number = 0; number <= SyscallNames.LAST; number++) {
            if (rows[number] == null && SyscallNames.isNamed(number)) {
                String name = SyscallNames.of(number);
                add(new Syscall(number, name, Support.MISSING, "ENOSYS", "", null));
            }
        }
    }

    private void add(Syscall row) {
        if (rows[row.number()] != null) {
            throw new IllegalStateException("two handlers for " + row.name());
        }
        rows[row.number()] = row;
    }

    /** The row of a number, or null where the call is not there. */
    public @Nullable Syscall row(long number) {
        return number >= 0 && number < SIZE ? rows[(int) number] : null;
    }

    /** All rows in order of their numbers. */
    public List<Syscall> rows() {
        List<Syscall> all = new ArrayList<>();
        for (Syscall row : rows) {
            if (row != null) {
                all.add(row);
            }
        }
        return all;
    }
}
