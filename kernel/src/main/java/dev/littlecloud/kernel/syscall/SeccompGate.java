package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.seccomp.Seccomp;
import dev.littlecloud.kernel.seccomp.SyscallData;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.machine.Registers;

/** Asks a thread's filters before each of its calls. */
final class SeccompGate {
    /** The call is to be made. */
    static final long PASS = Long.MAX_VALUE;

    private static final int SYS_SECCOMP = 1;
    private static final int MAX_ERRNO = 4095;

    private static final int SYS_READ = 0;
    private static final int SYS_WRITE = 1;
    private static final int SYS_RT_SIGRETURN = 15;
    private static final int SYS_EXIT = 60;

    private SeccompGate() {}

    /** {@link #PASS}, or what the call answers instead of being made. */
    static long check(Task task, Seccomp filters) {
        long number = TaskCall.number(task);
        if (filters.isStrict()) {
            boolean allowed =
                    number == SYS_READ
                            || number == SYS_WRITE
                            || number == SYS_RT_SIGRETURN
                            || number == SYS_EXIT;
            if (!allowed) {
                task.group().startExit(Signal.SIGKILL);
            }
            return allowed ? PASS : -Errno.EPERM;
        }
        long address = task.run().registers()[Registers.RIP];
        int decision = filters.decide(data(task, address));
        int data = decision & Seccomp.DATA;
        return switch (decision & Seccomp.ACTION) {
            case Seccomp.ALLOW, Seccomp.LOG -> PASS;
            case Seccomp.ERRNO -> -Math.min(data, MAX_ERRNO);
            case Seccomp.TRACE, Seccomp.USER_NOTIFICATION -> -Errno.ENOSYS;
            case Seccomp.TRAP -> {
                task.signals().force(trap(data, address, (int) number));
                yield number;
            }
            case Seccomp.KILL_THREAD -> {
                if (task.group().threads().size() > 1) {
                    task.exit(Signal.SIGSYS);
                } else {
                    task.group().startExit(Signal.SIGSYS);
                }
                yield -Errno.EPERM;
            }
            default -> {
                task.group().startExit(Signal.SIGSYS);
                yield -Errno.EPERM;
            }
        };
    }

    private static SyscallData data(Task task, long address) {
        return offset -> {
            long value =
                    switch (offset >> 3) {
                        case 0 ->
                                TaskCall.number(task) & 0xFFFF_FFFFL
                                        | (long) SyscallData.ARCHITECTURE << 32;
                        case 1 -> address;
                        default -> TaskCall.argument(task, (offset >> 3) - 2);
                    };
            return (int) ((offset & 4) == 0 ? value : value >>> 32);
        };
    }

    /** sigaction(2), SIGSYS: where the call was made, its number and the architecture. */
    private static SigInfo trap(int data, long address, int number) {
        long second = number & 0xFFFF_FFFFL | (long) SyscallData.ARCHITECTURE << 32;
        return new SigInfo(Signal.SIGSYS, data, SYS_SECCOMP, address, second, 0, 0);
    }
}
