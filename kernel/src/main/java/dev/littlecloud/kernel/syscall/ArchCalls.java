package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.ProcessTraits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;

/** arch_prctl(2) and personality(2). */
final class ArchCalls {
    private static final int SET_GS = 0x1001;
    private static final int SET_FS = 0x1002;
    private static final int GET_FS = 0x1003;
    private static final int GET_GS = 0x1004;
    private static final int GET_CPUID = 0x1011;
    private static final int SET_CPUID = 0x1012;

    private static final long PERSONALITY_QUERY = 0xFFFF_FFFFL;

    private ArchCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                158,
                "arch_prctl",
                "hex,ptr",
                (Handler.Call2) ArchCalls::archPrctl,
                "CPUID faulting is not there (ENODEV); extended-feature permissions and shadow"
                        + " stacks answer EINVAL, as Linux 5.15 does");
        table.partial(
                135,
                "personality",
                "hex",
                (Handler.Call1) ArchCalls::personality,
                "ADDR_NO_RANDOMIZE works, other bits are kept only");
    }

    private static long archPrctl(Task task, long code, long address) {
        return switch ((int) code) {
            case SET_FS -> setBase(task, Registers.FS_BASE, address);
            case SET_GS -> setBase(task, Registers.GS_BASE, address);
            case GET_FS -> getBase(task, Registers.FS_BASE, address);
            case GET_GS -> getBase(task, Registers.GS_BASE, address);
            case GET_CPUID -> 1;
            case SET_CPUID -> -Errno.ENODEV;
            default -> -Errno.EINVAL;
        };
    }

    private static long setBase(Task task, int register, long base) {
        if (Long.compareUnsigned(base, PageTables.USER_END) >= 0) {
            return -Errno.EPERM;
        }
        task.run().registers()[register] = base;
        return 0;
    }

    private static long getBase(Task task, int register, long address) {
        task.memory().writeLong(address, task.run().registers()[register]);
        return 0;
    }

    private static long personality(Task task, long persona) {
        ProcessTraits traits = task.group().traits();
        long old = traits.personality() & PERSONALITY_QUERY;
        if ((persona & PERSONALITY_QUERY) != PERSONALITY_QUERY) {
            traits.personality((int) persona);
        }
        return old;
    }
}
