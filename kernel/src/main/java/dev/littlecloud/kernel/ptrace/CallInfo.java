package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Registers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct ptrace_syscall_info} of a stopped thread; PTRACE_GET_SYSCALL_INFO. */
final class CallInfo {
    private static final int ENTRY = 1;
    private static final int EXIT = 2;

    private static final int COMMON_BYTES = 24;
    private static final int ENTRY_BYTES = COMMON_BYTES + 7 * 8;
    private static final int EXIT_BYTES = COMMON_BYTES + 9;

    private static final int ARCHITECTURE = 0xC000_003E;
    private static final int MAX_ERRNO = 4095;

    private static final int[] ARGUMENTS = {
        Registers.RDI, Registers.RSI, Registers.RDX, Registers.R10, Registers.R8, Registers.R9
    };

    private CallInfo() {}

    static byte[] of(Task task, Tracee tracee, TraceStop stop) {
        long[] registers = task.run().registers();
        ByteBuffer info = ByteBuffer.allocate(ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int kind = kind(tracee, stop);
        info.put(0, (byte) kind).putInt(4, ARCHITECTURE);
        info.putLong(8, registers[Registers.RIP]).putLong(16, registers[Registers.RSP]);
        int bytes = COMMON_BYTES;
        if (kind == ENTRY) {
            info.putLong(COMMON_BYTES, (int) tracee.originalRax());
            for (int i = 0; i < ARGUMENTS.length; i++) {
                info.putLong(COMMON_BYTES + 8 + 8 * i, registers[ARGUMENTS[i]]);
            }
            bytes = ENTRY_BYTES;
        } else if (kind == EXIT) {
            long result = registers[Registers.RAX];
            info.putLong(COMMON_BYTES, result);
            info.put(COMMON_BYTES + 8, (byte) (result < 0 && result >= -MAX_ERRNO ? 1 : 0));
            bytes = EXIT_BYTES;
        }
        byte[] told = new byte[bytes];
        info.get(0, told);
        return told;
    }

    private static int kind(Tracee tracee, TraceStop stop) {
        if (stop.code() == (Signal.SIGTRAP | TraceStop.CALL_BIT)) {
            return tracee.message() == TraceStop.MESSAGE_ENTRY ? ENTRY : EXIT;
        }
        return 0;
    }
}
