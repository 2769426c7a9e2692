package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.machine.Registers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The frame that a signal handler finds on its stack, byte for byte that of Linux on x86-64: return
 * address, {@code ucontext_t}, {@code siginfo_t}, and above them the extended state; sigreturn(2).
 */
public final class SignalFrame {
    // Offsets in the frame, and in it of the ucontext.
    private static final int CONTEXT = 8;
    private static final int CONTEXT_STACK = CONTEXT + 16;
    private static final int CONTEXT_REGISTERS = CONTEXT + 40;
    private static final int CONTEXT_MASK = CONTEXT + 296;
    private static final int INFO = 312;
    private static final int FRAME_BYTES = INFO + SigInfo.BYTES;

    /** Where the registers of {@code struct sigcontext} are in our image, from r8 to rip. */
    private static final int[] ORDER = {
        Registers.R8, Registers.R9, Registers.R10, Registers.R11, Registers.R12, Registers.R13,
        Registers.R14, Registers.R15, Registers.RDI, Registers.RSI, Registers.RBP, Registers.RBX,
        Registers.RDX, Registers.RAX, Registers.RCX, Registers.RSP, Registers.RIP, Registers.RFLAGS
    };

    private static final int SEGMENTS = ORDER.length * 8;
    private static final int ERROR = SEGMENTS + 8;
    private static final int TRAP_NUMBER = SEGMENTS + 16;
    private static final int OLD_MASK = SEGMENTS + 24;
    private static final int TRAP_ADDRESS = SEGMENTS + 32;
    private static final int EXTENDED = SEGMENTS + 40;

    /** cs 0x33, gs 0, fs 0, ss 0x2b. */
    private static final long SEGMENT_SELECTORS = 0x002b_0000_0000_0033L;

    /** UC_FP_XSTATE, UC_SIGCONTEXT_SS and UC_STRICT_RESTORE_SS. */
    private static final long CONTEXT_FLAGS = 7;

    private static final int RED_ZONE = 128;
    private static final int MAGIC_1 = 0x46505853;
    private static final int MAGIC_2 = 0x46505845;

    /** Where in the legacy area software says what follows; FP_XSTATE_MAGIC1. */
    private static final int SOFTWARE_AREA = 464;

    private static final int XSTATE_HEADER = 512;

    private static final long CLEARED_FLAGS = 0x400 | 0x10000 | 0x100; // DF, RF, TF

    private SignalFrame() {}

    /** Bytes of stack that a handler needs at least, for AT_MINSIGSTKSZ. */
    public static long minimumStack(int extendedBytes) {
        return FRAME_BYTES + extendedBytes + 4 + 64 + 16 + 8 + RED_ZONE;
    }

    /** Builds the frame and points the registers at the handler; false where there is no stack. */
    static boolean push(Task task, SigInfo info, long handler, long flags, long restorer) {
        TaskRun run = task.run();
        long[] registers = run.registers();
        MemorySegment state = extendedState(task);
        int extendedBytes = (int) state.byteSize();
        TaskSignals signals = task.signals();
        UserMemory memory = task.memory();

        long stackPointer = registers[Registers.RSP];
        long top = stackPointer - RED_ZONE;
        boolean onStack = signals.isOnStack(stackPointer);
        boolean entersStack =
                (flags & SignalActions.SA_ONSTACK) != 0
                        && (signals.stackFlags() & TaskSignals.SS_DISABLE) == 0
                        && !onStack;
        if (entersStack) {
            top = signals.stackAddress() + signals.stackSize();
        }
        long extended = top - extendedBytes - 4 & -64L;
        long frame = (extended - FRAME_BYTES & -16L) - 8;
        if ((entersStack || onStack) && !signals.isOnStack(frame)) {
            return false;
        }

        memory.write(extended, state, 0, extendedBytes);
        writeSoftwareArea(memory, extended, extendedBytes);
        memory.writeLong(frame, restorer);
        memory.writeLong(frame + CONTEXT, CONTEXT_FLAGS);
        memory.writeLong(frame + CONTEXT + 8, 0);
        memory.writeLong(frame + CONTEXT_STACK, signals.stackAddress());
        memory.writeLong(frame + CONTEXT_STACK + 8, stackFlags(signals, stackPointer));
        memory.writeLong(frame + CONTEXT_STACK + 16, signals.stackSize());
        writeRegisters(memory, frame + CONTEXT_REGISTERS, task, extended);
        memory.writeLong(frame + CONTEXT_MASK, signals.maskForFrame());
        info.write(memory, frame + INFO);
        if ((signals.stackFlags() & TaskSignals.SS_AUTODISARM) != 0 && entersStack) {
            signals.stack(0, 0, TaskSignals.SS_DISABLE);
        }

        registers[Registers.RSP] = frame;
        registers[Registers.RIP] = handler;
        registers[Registers.RDI] = info.signal();
        registers[Registers.RSI] = frame + INFO;
        registers[Registers.RDX] = frame + CONTEXT;
        registers[Registers.RAX] = 0;
        registers[Registers.RFLAGS] &= ~CLEARED_FLAGS;
        return true;
    }

    private static long stackFlags(TaskSignals signals, long stackPointer) {
        int flags = signals.stackFlags();
        if ((flags & TaskSignals.SS_DISABLE) != 0) {
            return TaskSignals.SS_DISABLE;
        }
        return (flags & 0xFFFF_FFFFL)
                | (signals.isOnStack(stackPointer) ? TaskSignals.SS_ONSTACK : 0);
    }

    private static MemorySegment extendedState(Task task) {
        MemorySegment state = task.run().extendedState();
        return state != null ? state : task.kernel().initialExtendedState();
    }

    private static void writeSoftwareArea(UserMemory memory, long extended, int bytes) {
        long area = extended + SOFTWARE_AREA;
        memory.writeInt(area, MAGIC_1);
        memory.writeInt(area + 4, bytes + 4);
        memory.writeLong(area + 8, features(bytes));
        memory.writeInt(area + 16, bytes);
        memory.writeZeros(area + 20, 28);
        memory.writeInt(extended + bytes, MAGIC_2);
    }

    /** State components of an area in the standard format, whose places are fixed; SDM 13.4. */
    private static long features(int bytes) {
        long avx = bytes >= 832 ? 0x4 : 0;
        long avx512 = bytes >= 2688 ? 0xe0 : 0;
        return 0x3 | avx | avx512;
    }

    private static void writeRegisters(UserMemory memory, long at, Task task, long extended) {
        long[] registers = task.run().registers();
        for (int i = 0; i < ORDER.length; i++) {
            memory.writeLong(at + 8L * i, registers[ORDER[i]]);
        }
        memory.writeLong(at + SEGMENTS, SEGMENT_SELECTORS);
        memory.writeLong(at + ERROR, task.run().trapError());
        memory.writeLong(at + TRAP_NUMBER, task.run().trapNumber());
        memory.writeLong(at + OLD_MASK, task.signals().mask());
        memory.writeLong(at + TRAP_ADDRESS, task.run().trapAddress());
        memory.writeLong(at + EXTENDED, extended);
        memory.writeZeros(at + EXTENDED + 8, 64);
    }

    /**
     * Undoes a frame, with whatever the handler changed in it: rt_sigreturn(2).
     *
     * @return the value of RAX, which the call must not overwrite
     */
    public static long restore(Task task) {
        UserMemory memory = task.memory();
        long[] registers = task.run().registers();
        long frame = registers[Registers.RSP] - 8;
        long at = frame + CONTEXT_REGISTERS;
        MemorySegment extended = readExtended(task, memory.readLong(at + EXTENDED));
        long mask = memory.readLong(frame + CONTEXT_MASK);
        long stack = memory.readLong(frame + CONTEXT_STACK);
        int stackFlags = memory.readInt(frame + CONTEXT_STACK + 8);
        long stackSize = memory.readLong(frame + CONTEXT_STACK + 16);
        long[] values = new long[ORDER.length];
        for (int i = 0; i < ORDER.length; i++) {
            values[i] = memory.readLong(at + 8L * i);
        }
        for (int i = 0; i < ORDER.length; i++) {
            registers[ORDER[i]] = values[i];
        }
        task.run().extendedState(extended);
        task.signals().mask(mask);
        if (!task.signals().isOnStack(registers[Registers.RSP])) {
            task.signals().stack(stack, stackSize, stackFlags & ~TaskSignals.SS_ONSTACK);
        }
        return registers[Registers.RAX];
    }

    /** The extended state of a frame; null, which resets it, where the frame has none. */
    private static @Nullable MemorySegment readExtended(Task task, long address) {
        if (address == 0) {
            return null;
        }
        UserMemory memory = task.memory();
        int bytes = (int) task.kernel().initialExtendedState().byteSize();
        MemorySegment state = TaskRun.extendedArea(bytes);
        boolean complete =
                memory.readInt(address + SOFTWARE_AREA) == MAGIC_1
                        && memory.readInt(address + SOFTWARE_AREA + 16) == bytes
                        && memory.readInt(address + bytes) == MAGIC_2;
        if (complete) {
            memory.read(address, state, 0, bytes);
        } else {
            memory.read(address, state, 0, XSTATE_HEADER);
            state.set(java.lang.foreign.ValueLayout.JAVA_LONG, XSTATE_HEADER, 3);
        }
        // What software wrote for itself is no processor state.
        state.asSlice(SOFTWARE_AREA, 48).fill((byte) 0);
        return state;
    }
}
