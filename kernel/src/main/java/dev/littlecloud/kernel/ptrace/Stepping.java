package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Registers;
import org.jspecify.annotations.Nullable;

/**
 * Has a thread execute one instruction, by the processor's trap flag: for its tracer, or between looks
 * at its breakpoints. A {@code syscall} is not left to the processor: there the flag would be lost, or
 * trap behind the next instruction.
 */
public final class Stepping {
    private static final long TRAP_FLAG = 0x100;

    /** {@code syscall} as a little-endian short. */
    private static final short SYSCALL = 0x050F;

    private static final int SYSCALL_BYTES = 2;

    private Stepping() {}

    static void begin(Task task, Tracee tracee) {
        if (!tracee.isStepping()) {
            return;
        }
        tracee.breakpoints().remember(task.space().inspection());
        long[] registers = task.run().registers();
        tracee.forcedTrap((registers[Registers.RFLAGS] & TRAP_FLAG) == 0);
        registers[Registers.RFLAGS] |= TRAP_FLAG;
    }

    /** The thread has left the guest: the flag is not the program's. */
    public static void end(Task task, Tracee tracee) {
        tracee.wasForcedTrap(tracee.hasForcedTrap());
        if (tracee.hasForcedTrap()) {
            tracee.forcedTrap(false);
            task.run().registers()[Registers.RFLAGS] &= ~TRAP_FLAG;
        }
    }

    /** An instruction was executed: the signal for it, or null where there is nothing to tell. */
    public static @Nullable SigInfo trapped(Task task, Tracee tracee) {
        boolean isChanged = tracee.breakpoints().isChanged(task.space().inspection());
        boolean isStep = tracee.course() == Tracee.Course.BY_ONE_STEP;
        if (!isChanged && !isStep && tracee.wasForcedTrap()) {
            return null;
        }
        if (isStep) {
            tracee.breakpoints().stepped();
        }
        boolean isBreakpoint = isChanged && !isStep;
        int code = isBreakpoint ? SigInfo.TRAP_HWBKPT : SigInfo.TRAP_TRACE;
        long rip = task.run().registers()[Registers.RIP];
        return SigInfo.fault(Signal.SIGTRAP, code, rip);
    }

    /** Whether the one instruction is a call: then its registers are those of one that left with it. */
    public static boolean isCall(Task task, Tracee tracee) {
        if (!tracee.isStepping()) {
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
