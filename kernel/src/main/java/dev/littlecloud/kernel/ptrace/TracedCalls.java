package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.machine.Registers;

/**
 * System calls of traced threads. A call that waits and is interrupted ends as Linux' own calls do
 * inside the kernel, with a code that says how it is restarted: the tracer sees it in RAX, and what
 * becomes of it is decided when the thread goes on.
 */
public final class TracedCalls {
    private static final int RESTART_SYS = 512;
    private static final int RESTART_NOINTR = 513;
    private static final int RESTART_NOHAND = 514;
    private static final int RESTART_BLOCK = 516;

    private static final int SYS_RT_SIGRETURN = 15;
    private static final int SYS_RESTART_SYSCALL = 219;

    private TracedCalls() {}

    /** A call begins; whether the thread stops before it is made. */
    public static boolean stopsBefore(Task task, Tracee tracee) {
        long[] registers = task.run().registers();
        tracee.originalRax(registers[Registers.RAX]);
        if (tracee.course() != Tracee.Course.TO_NEXT_CALL) {
            return false;
        }
        registers[Registers.RAX] = -Errno.ENOSYS;
        // As syscall leaves them.
        registers[Registers.RCX] = registers[Registers.RIP];
        registers[Registers.R11] = registers[Registers.RFLAGS];
        task.run().awaitsCall(true);
        tracee.begin(
                TraceStop.call(task, tracee.has(Tracee.TRACE_SYSGOOD), TraceStop.MESSAGE_ENTRY));
        return true;
    }

    /** A call has its result. */
    public static void ended(Task task, Tracee tracee) {
        if (TaskCall.number(task) == SYS_RT_SIGRETURN) {
            tracee.originalRax(-1);
        }
        switch (tracee.course()) {
            case FREELY -> {}
            case TO_NEXT_CALL ->
                    tracee.add(
                            TraceStop.call(
                                    task,
                                    tracee.has(Tracee.TRACE_SYSGOOD),
                                    TraceStop.MESSAGE_EXIT));
            case BY_ONE_STEP -> {
                long rip = task.run().registers()[Registers.RIP];
                task.signals().force(SigInfo.fault(Signal.SIGTRAP, SigInfo.TRAP_BRKPT, rip));
            }
        }
    }

    /** Whether the thread stops before it waits in its call. */
    public static boolean stopsAmid(Tracee tracee) {
        return tracee.stopForDue();
    }

    /** Whether a blocked call does not go on waiting now. */
    public static boolean isInterrupted(Task task, Tracee tracee) {
        return !TaskCall.isUninterrupted(task)
                && (task.signals().isDeliverable() || tracee.isTrapDue());
    }

    /** Ends a blocked call. */
    public static void interrupt(Task task, Tracee tracee) {
        TaskCall.suspend(
                task,
                restart ->
                        switch (restart) {
                            case WITH_SA_RESTART -> -RESTART_SYS;
                            case WITHOUT_HANDLER -> -RESTART_NOHAND;
                            case ALWAYS -> -RESTART_NOINTR;
                            case TRY_AGAIN -> -Errno.EAGAIN;
                            case NEVER -> -Errno.EINTR;
                        },
                -RESTART_BLOCK);
        ended(task, tracee);
    }

    /** A handler is about to run: what becomes of the call that it interrupted. */
    public static void settleForHandler(Task task, Tracee tracee, boolean restarts) {
        if (!tracee.isAfterCall()) {
            return;
        }
        long[] registers = task.run().registers();
        switch ((int) -registers[Registers.RAX]) {
            case RESTART_BLOCK, RESTART_NOHAND -> registers[Registers.RAX] = -Errno.EINTR;
            case RESTART_SYS -> {
                if (restarts) {
                    again(registers, tracee.originalRax());
                } else {
                    registers[Registers.RAX] = -Errno.EINTR;
                }
            }
            case RESTART_NOINTR -> again(registers, tracee.originalRax());
            default -> {}
        }
    }

    /** The thread returns to its program without a handler. */
    static void settleForReturn(Task task, Tracee tracee) {
        if (!tracee.isAfterCall()) {
            return;
        }
        long[] registers = task.run().registers();
        switch ((int) -registers[Registers.RAX]) {
            case RESTART_SYS, RESTART_NOINTR, RESTART_NOHAND ->
                    again(registers, tracee.originalRax());
            case RESTART_BLOCK -> again(registers, SYS_RESTART_SYSCALL);
            default -> {}
        }
    }

    private static void again(long[] registers, long number) {
        registers[Registers.RAX] = number;
        registers[Registers.RIP] -= 2; // the length of syscall
    }

    /** The thread's tracing ends, and nobody decides about an interrupted call later. */
    static void settle(Task task, Tracee tracee, int signal) {
        if (task.run().isInCall()) {
            return;
        }
        SignalActions actions = task.group().actions();
        long handler = signal == 0 ? SignalActions.SIG_DFL : actions.handler(signal);
        if (handler == SignalActions.SIG_DFL || handler == SignalActions.SIG_IGN) {
            settleForReturn(task, tracee);
        } else {
            boolean restarts = (actions.flags(signal) & SignalActions.SA_RESTART) != 0;
            settleForHandler(task, tracee, restarts);
        }
    }
}
