package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Registers of a stopped thread in the layouts of ptrace(2), PTRACE_GETREGS and PTRACE_GETREGSET. */
final class RegisterSets {
    private static final int NT_PRSTATUS = 1;
    private static final int NT_PRFPREG = 2;
    private static final int NT_X86_XSTATE = 0x202;

    /** Sets are arrays of words; a vector names whole ones. */
    private static final int WORD = 8;

    private RegisterSets() {}

    static long getGeneral(UserMemory own, Task task, Tracee tracee, long address) {
        own.write(address, general(task, tracee), 0, UserRegisters.BYTES);
        return 0;
    }

    static long setGeneral(UserMemory own, Task task, Tracee tracee, long address) {
        return setGeneral(own, task, tracee, address, UserRegisters.BYTES);
    }

    static long getFloating(UserMemory own, Task task, long address) {
        own.write(address, FloatingState.legacy(task), 0, FloatingState.LEGACY_BYTES);
        return 0;
    }

    static long setFloating(UserMemory own, Task task, long address) {
        return FloatingState.setLegacy(task, read(own, address, FloatingState.LEGACY_BYTES));
    }

    private static byte[] general(Task task, Tracee tracee) {
        ByteBuffer all = ByteBuffer.allocate(UserRegisters.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < UserRegisters.COUNT; i++) {
            all.putLong(UserRegisters.get(task, tracee, i));
        }
        return all.array();
    }

    private static long setGeneral(
            UserMemory own, Task task, Tracee tracee, long address, int bytes) {
        long[] values = new long[bytes / WORD];
        for (int i = 0; i < values.length; i++) {
            values[i] = own.readLong(address + (long) i * WORD);
        }
        for (int i = 0; i < values.length; i++) {
            int refused = UserRegisters.set(task, tracee, i, values[i]);
            if (refused != 0) {
                return refused;
            }
        }
        return 0;
    }

    private static MemorySegment read(UserMemory own, long address, int bytes) {
        MemorySegment area = TaskRun.extendedArea(bytes);
        own.read(address, area, 0, bytes);
        return area;
    }

    private static int size(Task task, long type) {
        return switch ((int) type) {
            case NT_PRSTATUS -> UserRegisters.BYTES;
            case NT_PRFPREG -> FloatingState.LEGACY_BYTES;
            case NT_X86_XSTATE -> FloatingState.bytes(task);
            default -> 0;
        };
    }

    /** Writes what the vector at {@code address} has room for, and says there how much that is. */
    static long get(UserMemory own, Task task, Tracee tracee, long type, long address) {
        long base = own.readLong(address);
        long room = own.readLong(address + 8);
        int size = size(task, type);
        if (size == 0 || room % WORD != 0) {
            return -Errno.EINVAL;
        }
        long bytes = Long.compareUnsigned(room, size) < 0 ? room : size;
        MemorySegment set =
                switch ((int) type) {
                    case NT_PRSTATUS -> MemorySegment.ofArray(general(task, tracee));
                    case NT_PRFPREG -> FloatingState.legacy(task);
                    default -> FloatingState.get(task);
                };
        own.write(base, set, 0, bytes);
        own.writeLong(address + 8, bytes);
        return 0;
    }

    static long set(UserMemory own, Task task, Tracee tracee, long type, long address) {
        long base = own.readLong(address);
        long room = own.readLong(address + 8);
        int size = size(task, type);
        if (size == 0 || room % WORD != 0) {
            return -Errno.EINVAL;
        }
        int bytes = (int) (Long.compareUnsigned(room, size) < 0 ? room : size);
        long result;
        if (type == NT_PRSTATUS) {
            result = setGeneral(own, task, tracee, base, bytes);
        } else if (type == NT_X86_XSTATE) {
            if (bytes != size) {
                return -Errno.EFAULT;
            }
            result = FloatingState.set(task, read(own, base, bytes));
        } else {
            MemorySegment area = FloatingState.legacy(task);
            own.read(base, area, 0, bytes);
            result = FloatingState.setLegacy(task, area);
        }
        if (result == 0) {
            own.writeLong(address + 8, bytes);
        }
        return result;
    }
}
