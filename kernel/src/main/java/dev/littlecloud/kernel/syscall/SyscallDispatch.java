package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.ptrace.TracedCalls;
import dev.littlecloud.kernel.ptrace.TracedReturn;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.seccomp.Seccomp;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalDelivery;
import dev.littlecloud.kernel.task.RestartableSequence;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.machine.Registers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Runs the handlers: the way from a system call's number to its result or its sleep. */
public final class SyscallDispatch {
    private final SyscallTable table;
    private final SyscallObserver observer;
    private final KnownPaths knownPaths = new KnownPaths();

    /** Nothing as long as none was called: few programs do. */
    private long[] missing = {};

    public SyscallDispatch(SyscallTable table, SyscallObserver observer) {
        this.table = table;
        this.observer = observer;
    }

    /** How often each number was called that has no handler. */
    public long[] missing() {
        return Arrays.copyOf(missing, SyscallTable.SIZE);
    }

    /** Whether somebody looks at each call. */
    public boolean isObserved() {
        return observer.isActive();
    }

    /** Makes the call whose number and arguments the task's state holds. */
    public void call(Task task, Registers registers) {
        TaskCall.begin(task);
        Tracee tracee = task.tracee();
        if (tracee == null || !TracedCalls.stopsBefore(task, tracee)) {
            make(task, registers);
        }
    }

    /** Makes a call that was begun; false where the task does not go on now. */
    private boolean make(Task task, @Nullable Registers registers) {
        Seccomp filters = task.seccomp();
        long result = filters == null ? SeccompGate.PASS : SeccompGate.check(task, filters);
        if (result == SeccompGate.PASS) {
            result = invoke(task);
        }
        if (result == Task.BLOCK) {
            return sleepOrInterrupt(task);
        }
        end(task, registers, result);
        return true;
    }

    private static void end(Task task, @Nullable Registers registers, long result) {
        TaskCall.end(task, registers, result);
        Tracee tracee = task.tracee();
        if (tracee != null) {
            TracedCalls.ended(task, tracee);
        }
    }

    /** The task's tracer has seen the call; -1 instead of its number makes none. */
    private boolean makeAwaited(Task task) {
        if (TaskCall.number(task) != -1) {
            return make(task, null);
        }
        end(task, null, task.run().registers()[Registers.RAX]);
        return true;
    }

    /**
     * Makes the call of a task that stays in the guest meanwhile: its result, or {@link Task#BLOCK}
     * where it goes on by {@link #resume} once the task has left.
     */
    public long callFromGuest(Task task) {
        TaskCall.begin(task);
        long result = invoke(task);
        if (result != Task.BLOCK) {
            TaskCall.end(task);
        }
        return result;
    }

    /** Runs a blocked call of such a task again, while that is still in the guest. */
    public long resumeFromGuest(Task task) {
        TaskCall.resume(task);
        return callFromGuest(task);
    }

    /** Runs a blocked call again; false where the task sleeps on or has ended. */
    public boolean resume(Task task) {
        if (TaskExit.isDue(task)) {
            TaskCall.cancel(task);
            return true;
        }
        if (task.run().takeAwaitedCall()) {
            return makeAwaited(task);
        }
        TaskCall.resume(task);
        long result = invoke(task);
        if (result != Task.BLOCK) {
            end(task, null, result);
            return true;
        }
        return sleepOrInterrupt(task);
    }

    private long invoke(Task task) {
        long number = TaskCall.number(task);
        Syscall row = table.row(number);
        Handler handler = row == null ? null : row.handler();
        if (row == null || handler == null) {
            count(number);
            observer.missing(task, number);
            return -Errno.ENOSYS;
        }
        long result;
        try {
            result = TaskCall.invoke(task, handler, row.intArguments());
        } catch (GuestFault badPointer) {
            result = -Errno.EFAULT;
        } catch (InternalError gone) {
            // The JVM's word for a page that the host took away: a volume's file was cut short.
            result = -Errno.EFAULT;
        }
        knownPaths.called(task);
        if (observer.isActive()) {
            observer.called(task, row, result);
        } else if (KnownPaths.mayLast(result)) {
            knownPaths.answered(task, number, (int) result);
        }
        return result;
    }

    private void count(long number) {
        if (number >= 0 && number < SyscallTable.SIZE) {
            missing = missing.length == 0 ? new long[SyscallTable.SIZE] : missing;
            missing[(int) number]++;
        }
    }

    /** The call waits, unless a signal ends it; false where the task does not go on now. */
    private boolean sleepOrInterrupt(Task task) {
        if (TaskExit.isDue(task)) {
            TaskCall.cancel(task);
            return true;
        }
        Tracee tracee = task.tracee();
        if (tracee != null) {
            return sleepOrStop(task, tracee);
        }
        if (task.signals().isDeliverable() && !TaskCall.isUninterrupted(task)) {
            SignalDelivery.Outcome outcome = SignalDelivery.deliver(task, true);
            if (outcome == SignalDelivery.Outcome.HANDLER) {
                return true;
            }
            if (TaskExit.isDue(task)) {
                TaskCall.cancel(task);
                return true;
            }
        }
        TaskCall.sleepOrStop(task);
        return false;
    }

    /** The same for a traced task. */
    private static boolean sleepOrStop(Task task, Tracee tracee) {
        if (TracedCalls.stopsAmid(tracee)) {
            return false;
        }
        if (TracedCalls.isInterrupted(task, tracee)) {
            TracedCalls.interrupt(task, tracee);
            return true;
        }
        TaskCall.sleep(task);
        return false;
    }

    /** What is to be done before a task returns to its program; false where it does not return. */
    public boolean beforeReturn(Task task) {
        Tracee tracee = task.tracee();
        if (tracee != null) {
            return TracedReturn.prepare(task, tracee) && settleSequence(task);
        }
        if (TaskExit.isDue(task)) {
            TaskExit.exit(task);
            return false;
        }
        if (task.signals().isDeliverable()) {
            SignalDelivery.deliver(task, false);
            if (TaskExit.isDue(task)) {
                TaskExit.exit(task);
                return false;
            }
        }
        if (task.group().isStopped()) {
            TaskCall.stop(task);
            return false;
        }
        return settleSequence(task);
    }

    private boolean settleSequence(Task task) {
        if (RestartableSequence.settleInterrupted(task)) {
            return true;
        }
        task.signals().force(SigInfo.fromKernel(Signal.SIGSEGV));
        return beforeReturn(task);
    }

    /** The table, for documentation and traces. */
    public SyscallTable table() {
        return table;
    }

    /** Name of a call for a trace. */
    public String name(long number) {
        @Nullable Syscall row = table.row(number);
        return row == null ? SyscallNames.of(number) : row.name();
    }
}
