package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.syscall.Handler;
import dev.littlecloud.machine.Registers;
import org.jspecify.annotations.Nullable;

/** The steps of a system call in a task's state. */
public final class TaskCall {
    private TaskCall() {}

    public static void begin(Task task) {
        task.run.inCall = true;
    }

    public static long number(Task task) {
        return task.run.callNumber;
    }

    /** An argument of the call being made, 0 to 5. */
    public static long argument(Task task, int index) {
        TaskRun run = task.run;
        return switch (index) {
            case 0 -> run.a;
            case 1 -> run.b;
            case 2 -> run.c;
            case 3 -> run.d;
            case 4 -> run.e;
            default -> run.f;
        };
    }

    /**
     * @param ints the arguments that are an int, a bit each
     */
    public static long invoke(Task task, Handler handler, int ints) {
        TaskRun run = task.run;
        return handler.invoke(
                task,
                argument(run.a, ints),
                argument(run.b, ints >> 1),
                argument(run.c, ints >> 2),
                argument(run.d, ints >> 3),
                argument(run.e, ints >> 4),
                argument(run.f, ints >> 5));
    }

    /** An int with something else above it is that int. */
    private static long argument(long value, int ints) {
        boolean dirty = (ints & 1) != 0 && value >>> 32 != 0 && value != (int) value;
        return dirty ? value & 0xFFFF_FFFFL : value;
    }

    /** A blocked call runs again. */
    public static void resume(Task task) {
        task.stopWaiting();
    }

    /**
     * The call is over.
     *
     * @param registers the processor's registers if they are known to be the task's, else null
     */
    public static void end(Task task, @Nullable Registers registers, long result) {
        end(task);
        if (registers != null && task.run.live == registers) {
            registers.rax(result);
        } else {
            task.run.registers()[Registers.RAX] = result;
        }
    }

    /** The call is over, and whoever made it knows the result. */
    public static void end(Task task) {
        task.run.inCall = false;
        task.endCall();
        task.signals().restoreMask();
    }

    /** The call is given up because the task ends. */
    public static void cancel(Task task) {
        task.run.inCall = false;
        task.cancelCall();
    }

    /**
     * A signal handler interrupts the call: it will be made again, or answers that it was
     * interrupted.
     *
     * @param restart whether the handler was set with SA_RESTART
     */
    public static void interrupt(Task task, boolean restart, long interrupted) {
        TaskRun run = task.run;
        long[] registers = run.registers();
        if (task.progress() > 0) {
            registers[Registers.RAX] = task.progress();
        } else if (task.restart() == Restart.ALWAYS
                || (restart && task.restart() == Restart.WITH_SA_RESTART)) {
            registers[Registers.RIP] -= 2; // the length of syscall, and of the out that replaces it
            registers[Registers.RAX] = run.callNumber;
        } else if (task.restart() == Restart.TRY_AGAIN) {
            registers[Registers.RAX] = -Errno.EAGAIN;
        } else {
            registers[Registers.RAX] = tellInterrupted(task) ? interrupted : -Errno.EFAULT;
        }
        cancel(task);
    }

    /** What a call answers that a stop of its traced thread interrupts. */
    @FunctionalInterface
    public interface Answer {
        long to(Restart restart);
    }

    /**
     * Ends the blocked call of a traced thread, which is made again, or not, when that goes on.
     *
     * @param withDeadline what it answers where {@link #resumeSuspended} is to go on with it
     */
    public static void suspend(Task task, Answer answer, long withDeadline) {
        TaskRun run = task.run;
        long result = task.progress() > 0 ? task.progress() : answer.to(task.restart());
        if (task.progress() == 0 && task.deadline() != Task.FOREVER) {
            result = withDeadline;
            task.suspended(
                    new SuspendedCall(
                            run.callNumber,
                            run.a,
                            run.b,
                            run.c,
                            run.d,
                            run.e,
                            run.f,
                            task.deadline()));
        }
        boolean isTold = task.progress() > 0 || tellInterrupted(task);
        run.registers()[Registers.RAX] = isTold ? result : -Errno.EFAULT;
        cancel(task);
    }

    /** Has the call of restart_syscall(2) be the one that was suspended; false without such a one. */
    public static boolean resumeSuspended(Task task) {
        SuspendedCall call = task.suspended();
        if (call == null) {
            return false;
        }
        TaskRun run = task.run;
        run.callNumber = call.number();
        run.a = call.a();
        run.b = call.b();
        run.c = call.c();
        run.d = call.d();
        run.e = call.e();
        run.f = call.f();
        task.deadlineAt(call.deadline());
        return true;
    }

    private static boolean tellInterrupted(Task task) {
        PendingCall pending = task.pending();
        if (pending != null) {
            try {
                pending.interrupted(task);
            } catch (GuestFault badPointer) {
                return false;
            }
        }
        return true;
    }

    /** Whether signals leave the blocked call alone. */
    public static boolean isUninterrupted(Task task) {
        return task.isUninterrupted() || task.yields();
    }

    public static void sleepOrStop(Task task) {
        if (task.group().isStopped()) {
            stop(task);
        } else {
            sleep(task);
        }
    }

    public static void sleep(Task task) {
        if (task.yields()) {
            task.kernel().scheduler().requeue(task);
        } else {
            task.kernel().scheduler().sleep(task);
        }
    }

    public static void stop(Task task) {
        task.kernel().scheduler().park(task);
    }
}
