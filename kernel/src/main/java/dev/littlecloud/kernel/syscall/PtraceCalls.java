package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.ptrace.Requests;
import dev.littlecloud.kernel.task.Task;

/** ptrace(2). */
final class PtraceCalls {
    private PtraceCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                101,
                "ptrace",
                "int,int,ptr,ptr",
                (Handler.Call4) PtraceCalls::ptrace,
                "without PTRACE_SYSEMU, PTRACE_O_TRACESECCOMP and PTRACE_O_SUSPEND_SECCOMP; debug"
                        + " registers watch memory for changes only, by single steps");
    }

    private static long ptrace(Task task, long request, long pid, long address, long data) {
        return Requests.handle(task, (int) request, (int) pid, address, data);
    }
}
