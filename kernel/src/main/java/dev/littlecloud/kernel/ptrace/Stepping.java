package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Registers;

/**
 * Has a thread execute one instruction, by the processor's trap flag. A {@code syscall} is not left
 * to the processor: there the flag would be lost, or trap behind the next instruction.
 */
public final class Stepping {
    private static final long TRAP_FLAG = 0x100;

    /** {@code syscall} as a little-endian short. */
    private static final short SYSCALL = 0x050F;

    private static final int SYSCALL_BYTES = 2;

    private Stepping() {}

    static void begin(Task task, Tracee tracee) {
        if (tracee.course() != Tracee.Course.BY_ONE_STEP) {
            return;
        }
        long[] registers = task.run().registers();
        tracee.forcedTrap((registers[Registers.RFLAGS] & TRAP_FLAG) == 0);
        registers[Registers.RFLAGS] |= TRAP_FLAG;
    }

    /** The thread has left the guest: the flag is not the program's. */
    public static void end(Task task, Tracee tracee) {
        if (tracee.hasForcedTrap()) {
            tracee.forcedTrap(false);
            task.run().registers()[Registers.RFLAGS] &= ~TRAP_FLAG;
        }
    }

    /** Whether the one instruction is a call: then its registers are those of one that left with it. */
    public static boolean isCall(Task task, Tracee tracee) {
        if (tracee.course() != Tracee.Course.BY_ONE_STEP) {
            return false;
        }
        long[] registers = task.run().registers();
        byte[] code = new byte[SYSCALL_BYTES];
        long rip = registers[Registers.RIP];
        int read = task.space().inspection().read(rip, code, 0, SYSCALL_BYTES);
        if (read < SYSCALL_BYTES || (code[0] & 0xFF | code[1] << 8) != SYSCALL) {
            return false;
        }
        end(task, tracee);
        registers[Registers.RIP] = rip + SYSCALL_BYTES;
        registers[Registers.RCX] = rip + SYSCALL_BYTES;
        registers[Registers.R11] = registers[Registers.RFLAGS];
        return true;
    }
}
