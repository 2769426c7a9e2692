package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.machine.Registers;

/** /proc/PID/syscall: the call a thread is blocked in. */
final class ProcessRegisters {
    private ProcessRegisters() {}

    /** Number, six arguments, stack pointer and program counter. */
    static String callLine(Task task, long number) {
        StringBuilder line = new StringBuilder(160).append(number);
        for (int i = 0; i < 6; i++) {
            line.append(" 0x").append(Long.toHexString(TaskCall.argument(task, i)));
        }
        long[] registers = task.run().registers();
        line.append(" 0x").append(Long.toHexString(registers[Registers.RSP]));
        line.append(" 0x").append(Long.toHexString(registers[Registers.RIP]));
        return line.append('\n').toString();
    }
}
