package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.ForeignAccess;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;

/**
 * The debug registers that a tracer gave a thread; SDM volume 3, 18.2. The processor never has them:
 * not every KVM gives a machine its own. A thread with breakpoints goes on by single steps, and what it
 * executes and changes is looked at between them. So memory can be watched for changes, not for reads.
 */
final class Breakpoints {
    private static final int COUNT = 4;
    private static final int STATUS = 6;
    private static final int CONTROL = 7;

    /** DR6 when nothing has happened. */
    private static final long NO_STATUS = 0xffff_0ff0L;

    private static final long STEP = 0x4000;

    /** Two bits for each that say that it is enabled. */
    private static final int ENABLED = 3;

    /** Above them, four bits for each: kind of access, and length. */
    private static final int KINDS = 16;

    private static final int EXECUTE = 0;
    private static final int WRITE = 1;

    /** Lengths in bytes less one. */
    private static final int[] MASKS = {0, 1, 7, 3};

    /** Lets one instruction be executed in spite of a breakpoint. */
    private static final long RESUME_FLAG = 0x10000;

    private final long[] addresses = new long[COUNT];
    private long status = NO_STATUS;
    private long control;

    /** What was in watched memory before the instruction. */
    private final long[] before = new long[COUNT];

    /** Whether any is enabled. */
    boolean isAny() {
        return (control & 0xFF) != 0;
    }

    /** Whether the thread stops before its next instruction, which is then executed the next time. */
    boolean isReached(long[] registers) {
        boolean isResumed = (registers[Registers.RFLAGS] & RESUME_FLAG) != 0;
        long reached = 0;
        for (int i = 0; i < COUNT; i++) {
            boolean isHere = isOf(EXECUTE, i) && addresses[i] == registers[Registers.RIP];
            reached |= isHere ? 1L << i : 0;
        }
        if (reached == 0 || isResumed) {
            return false;
        }
        status |= reached;
        registers[Registers.RFLAGS] |= RESUME_FLAG;
        return true;
    }

    /** Remembers watched memory, before an instruction. */
    void remember(ForeignAccess memory) {
        for (int i = 0; i < COUNT; i++) {
            before[i] = isOf(WRITE, i) ? watched(memory, i) : 0;
        }
    }

    /** Whether an instruction has changed watched memory. */
    boolean isChanged(ForeignAccess memory) {
        long changed = 0;
        for (int i = 0; i < COUNT; i++) {
            changed |= isOf(WRITE, i) && watched(memory, i) != before[i] ? 1L << i : 0;
        }
        status |= changed;
        return changed != 0;
    }

    /** The tracer's single step has ended. */
    void stepped() {
        status |= STEP;
    }

    private long watched(ForeignAccess memory, int index) {
        byte[] bytes = new byte[Long.BYTES];
        int length = (int) (control >> KINDS + 4 * index + 2) & 3;
        int read = memory.read(addresses[index], bytes, 0, MASKS[length] + 1);
        long value = 0;
        for (int i = 0; i < read; i++) {
            value |= (bytes[i] & 0xFFL) << 8 * i;
        }
        return value;
    }

    private boolean isOf(int kind, int index) {
        return isEnabled(control, index) && kind(control, index) == kind;
    }

    long get(int index) {
        return switch (index) {
            case 0, 1, 2, 3 -> addresses[index];
            case STATUS -> status;
            case CONTROL -> control;
            default -> 0;
        };
    }

    /** 0 or {@code -errno}. */
    int set(int index, long value) {
        switch (index) {
            case 0, 1, 2, 3 -> {
                long former = addresses[index];
                addresses[index] = value;
                if (Long.compareUnsigned(value, PageTables.USER_END) >= 0 || !isValid(control)) {
                    addresses[index] = former;
                    return -Errno.EINVAL;
                }
            }
            case STATUS -> status = value;
            case CONTROL -> {
                if (!isValid(value)) {
                    return -Errno.EINVAL;
                }
                control = value;
            }
            default -> {
                return -Errno.EIO;
            }
        }
        return 0;
    }

    private static boolean isEnabled(long control, int index) {
        return (control >> 2 * index & ENABLED) != 0;
    }

    private static int kind(long control, int index) {
        return (int) (control >> KINDS + 4 * index) & 3;
    }

    private boolean isValid(long wanted) {
        for (int i = 0; i < COUNT; i++) {
            int length = (int) (wanted >> KINDS + 4 * i + 2) & 3;
            int kind = kind(wanted, i);
            boolean isBad =
                    kind > WRITE
                            || (kind == EXECUTE && length != 0)
                            || (addresses[i] & MASKS[length]) != 0;
            if (isEnabled(wanted, i) && isBad) {
                return false;
            }
        }
        return true;
    }
}
