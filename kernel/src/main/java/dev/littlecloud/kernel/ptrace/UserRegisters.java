package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;

/**
 * The general registers of a stopped thread as tracers see them, {@code struct user_regs_struct} of
 * sys/user.h. What a program cannot have set by itself cannot be set here either.
 */
final class UserRegisters {
    /** Where the registers are in our image; what is there only for tracers is negative. */
    private static final int[] ORDER = {
        Registers.R15,
        Registers.R14,
        Registers.R13,
        Registers.R12,
        Registers.RBP,
        Registers.RBX,
        Registers.R11,
        Registers.R10,
        Registers.R9,
        Registers.R8,
        Registers.RAX,
        Registers.RCX,
        Registers.RDX,
        Registers.RSI,
        Registers.RDI,
        -1,
        Registers.RIP,
        -1,
        Registers.RFLAGS,
        Registers.RSP,
        -1,
        Registers.FS_BASE,
        Registers.GS_BASE,
        -1,
        -1,
        -1,
        -1
    };

    static final int COUNT = ORDER.length;
    static final int BYTES = COUNT * 8;

    private static final int ORIGINAL_RAX = 15;
    private static final int CS = 17;
    private static final int FLAGS = 18;
    private static final int SS = 20;
    private static final int FS_BASE = 21;
    private static final int GS_BASE = 22;

    private static final long USER_CODE = 0x33;
    private static final long USER_STACK = 0x2b;

    /** Requested privilege level of a selector. */
    private static final long LEVEL = 3;

    /** CF PF AF ZF SF TF DF OF NT RF AC: what a tracer may change of the flags. */
    private static final long CHANGEABLE_FLAGS = 0x5_4dd5;

    private UserRegisters() {}

    static long get(Task task, Tracee tracee, int index) {
        return switch (index) {
            case ORIGINAL_RAX -> tracee.originalRax();
            case CS -> USER_CODE;
            case SS -> USER_STACK;
            default -> ORDER[index] < 0 ? 0 : task.run().registers()[ORDER[index]];
        };
    }

    /** 0 or {@code -errno}. */
    static int set(Task task, Tracee tracee, int index, long value) {
        long[] registers = task.run().registers();
        switch (index) {
            case ORIGINAL_RAX -> tracee.originalRax(value);
            case CS -> {
                return value == USER_CODE ? 0 : -Errno.EIO;
            }
            case SS -> {
                return value == USER_STACK ? 0 : -Errno.EIO;
            }
            case FLAGS -> {
                long kept = registers[Registers.RFLAGS] & ~CHANGEABLE_FLAGS;
                registers[Registers.RFLAGS] = kept | value & CHANGEABLE_FLAGS;
            }
            case FS_BASE, GS_BASE -> {
                if (Long.compareUnsigned(value, PageTables.USER_END) >= 0) {
                    return -Errno.EIO;
                }
                registers[ORDER[index]] = value;
            }
            default -> {
                if (ORDER[index] >= 0) {
                    registers[ORDER[index]] = value;
                } else if (value != 0 && (value & LEVEL) != LEVEL) {
                    return -Errno.EIO;
                }
                // Other data segments are not there, and would be 0 after a return, as on Linux.
            }
        }
        return 0;
    }
}
