package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.signal.SignalFrame;
import dev.littlecloud.kernel.signal.TaskSignals;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.machine.Registers;

/** Actions, masks and waits of signals; sending them is in {@link KillCalls}. */
final class SignalCalls {
    private static final int SIGSET_BYTES = 8;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int SIG_SETMASK = 2;
    private static final long MIN_STACK = 2048;

    private SignalCalls() {}

    static void register(SyscallTable table) {
        table.full(13, "rt_sigaction", "int,ptr,ptr,int", (Handler.Call4) SignalCalls::sigaction);
        table.full(
                14, "rt_sigprocmask", "int,ptr,ptr,int", (Handler.Call4) SignalCalls::sigprocmask);
        table.full(15, "rt_sigreturn", "", (Handler.Call0) SignalCalls::sigreturn);
        table.full(34, "pause", "", (Handler.Call0) SignalCalls::pause);
        table.full(127, "rt_sigpending", "ptr,int", (Handler.Call2) SignalCalls::sigpending);
        table.full(
                128,
                "rt_sigtimedwait",
                "ptr,ptr,ptr,int",
                (Handler.Call4) SignalCalls::sigtimedwait);
        table.full(130, "rt_sigsuspend", "ptr,int", (Handler.Call2) SignalCalls::sigsuspend);
        table.full(131, "sigaltstack", "ptr,ptr", (Handler.Call2) SignalCalls::sigaltstack);
        table.full(219, "restart_syscall", "", (Handler.Call0) SignalCalls::restart);
    }

    /** Goes on with the call that a stop for the thread's tracer interrupted. */
    private static long restart(Task task) {
        if (!TaskCall.resumeSuspended(task)) {
            return -Errno.EINTR;
        }
        Syscall row = SyscallTables.linux().row(TaskCall.number(task));
        Handler handler = row == null ? null : row.handler();
        return row == null || handler == null
                ? -Errno.EINTR
                : TaskCall.invoke(task, handler, row.intArguments());
    }

    private static long sigaction(Task task, long number, long action, long old, long setBytes) {
        int signal = (int) number;
        if (setBytes != SIGSET_BYTES || !Signal.isValid(signal)) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        SignalActions actions = task.group().actions();
        boolean fixed = signal == Signal.SIGKILL || signal == Signal.SIGSTOP;
        if (action != 0 && fixed) {
            return -Errno.EINVAL;
        }
        long handler = 0;
        long flags = 0;
        long restorer = 0;
        long mask = 0;
        if (action != 0) {
            handler = memory.readLong(action);
            flags = memory.readLong(action + 8);
            restorer = memory.readLong(action + 16);
            mask = memory.readLong(action + 24);
        }
        if (old != 0) {
            memory.writeLong(old, actions.handler(signal));
            memory.writeLong(old + 8, actions.flags(signal));
            memory.writeLong(old + 16, actions.restorer(signal));
            memory.writeLong(old + 24, actions.mask(signal));
        }
        if (action != 0) {
            actions.set(signal, handler, flags, restorer, mask);
            if (actions.isIgnored(signal)) {
                // Setting a signal to be ignored discards it where it is pending; sigaction(2).
                task.group().pendingSignals().drop(Signal.bit(signal));
                for (Task thread : task.group().threads()) {
                    thread.signals().pending().drop(Signal.bit(signal));
                }
            }
        }
        return 0;
    }

    private static long sigprocmask(Task task, long how, long set, long old, long setBytes) {
        if (setBytes != SIGSET_BYTES) {
            return -Errno.EINVAL;
        }
        TaskSignals signals = task.signals();
        long before = signals.mask();
        if (set != 0) {
            long given = task.memory().readLong(set);
            switch ((int) how) {
                case SIG_BLOCK -> signals.mask(before | given);
                case SIG_UNBLOCK -> signals.mask(before & ~given);
                case SIG_SETMASK -> signals.mask(given);
                default -> {
                    return -Errno.EINVAL;
                }
            }
        }
        if (old != 0) {
            task.memory().writeLong(old, before);
        }
        return 0;
    }

    private static long sigreturn(Task task) {
        long result = 0;
        boolean good;
        try {
            result = SignalFrame.restore(task);
            long rip = task.run().registers()[Registers.RIP];
            good = rip >= 0 && rip < 1L << 47;
        } catch (GuestFault noFrame) {
            good = false;
        }
        if (!good) {
            task.signals().force(SigInfo.fromKernel(Signal.SIGSEGV));
        }
        return result;
    }

    private static long pause(Task task) {
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static long sigpending(Task task, long set, long setBytes) {
        if (setBytes > SIGSET_BYTES || setBytes < 0) {
            return -Errno.EINVAL;
        }
        byte[] bytes = new byte[SIGSET_BYTES];
        long pending = task.signals().pendingMask() & task.signals().mask();
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(pending);
        task.memory().write(set, bytes, 0, (int) setBytes);
        return 0;
    }

    private static long sigtimedwait(Task task, long set, long info, long timeout, long setBytes) {
        if (setBytes != SIGSET_BYTES) {
            return -Errno.EINVAL;
        }
        long wanted = task.memory().readLong(set) & ~Signal.UNBLOCKABLE;
        long nanos = -1;
        if (timeout != 0) {
            long seconds = task.memory().readLong(timeout);
            long rest = task.memory().readLong(timeout + 8);
            if (seconds < 0 || rest < 0 || rest >= 1_000_000_000) {
                return -Errno.EINVAL;
            }
            nanos =
                    seconds > Long.MAX_VALUE / 2_000_000_000L
                            ? -1
                            : seconds * 1_000_000_000L + rest;
        }
        SigInfo taken = task.signals().take(wanted);
        if (taken != null) {
            if (info != 0) {
                taken.write(task.memory(), info);
            }
            return taken.signal();
        }
        if (nanos == 0) {
            return -Errno.EAGAIN;
        }
        task.deadlineIn(nanos);
        if (task.isDeadlinePassed()) {
            return -Errno.EAGAIN;
        }
        task.waitOn(task.group().signalEvents());
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static long sigsuspend(Task task, long set, long setBytes) {
        if (setBytes != SIGSET_BYTES) {
            return -Errno.EINVAL;
        }
        task.signals().temporaryMask(task.memory().readLong(set));
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static long sigaltstack(Task task, long stack, long old) {
        TaskSignals signals = task.signals();
        UserMemory memory = task.memory();
        boolean onStack = signals.isOnStack(task.run().registers()[Registers.RSP]);
        long[] before = {
            signals.stackAddress(),
            (signals.stackFlags() | (onStack ? TaskSignals.SS_ONSTACK : 0)) & 0xFFFF_FFFFL,
            signals.stackSize()
        };
        if (stack != 0) {
            long address = memory.readLong(stack);
            int flags = memory.readInt(stack + 8);
            long size = memory.readLong(stack + 16);
            int refusal = replaceStack(signals, onStack, address, flags, size);
            if (refusal != 0) {
                return -refusal;
            }
        }
        if (old != 0) {
            for (int i = 0; i < before.length; i++) {
                memory.writeLong(old + 8L * i, before[i]);
            }
        }
        return 0;
    }

    /** Puts a stack for handlers in place: 0 or an errno. */
    private static int replaceStack(
            TaskSignals signals, boolean onStack, long address, int flags, long size) {
        if (onStack && (signals.stackFlags() & TaskSignals.SS_AUTODISARM) == 0) {
            return Errno.EPERM;
        }
        int mode = flags & ~TaskSignals.SS_AUTODISARM;
        if (mode != 0 && mode != TaskSignals.SS_DISABLE && mode != TaskSignals.SS_ONSTACK) {
            return Errno.EINVAL;
        }
        if (mode == TaskSignals.SS_DISABLE) {
            signals.stack(0, 0, TaskSignals.SS_DISABLE);
            return 0;
        }
        if (Long.compareUnsigned(size, MIN_STACK) < 0) {
            return Errno.ENOMEM;
        }
        signals.stack(address, size, flags & TaskSignals.SS_AUTODISARM);
        return 0;
    }
}
