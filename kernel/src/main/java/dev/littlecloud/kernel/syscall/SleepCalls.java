package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.time.ClockId;
import dev.littlecloud.machine.Registers;

/** Sleeping for a time or to a time. */
final class SleepCalls {
    private static final int TIMER_ABSTIME = 1;

    /** How often a sleep on processor time looks at it. */
    private static final long CPU_LOOK_NANOS = 1_000_000;

    /** A sleep tells what was left of it; where, is still in the register of that argument. */
    private record Remainder(int register) implements PendingCall {
        @Override
        public void interrupted(Task task) {
            long address = task.run().registers()[register];
            if (address != 0) {
                long left = task.deadline() - task.kernel().clock().monotonicNanos();
                TimeValues.writeTimespec(task.memory(), address, Math.max(0, left));
            }
        }

        @Override
        public void cancel(Task task) {}
    }

    private static final PendingCall SECOND_ARGUMENT = new Remainder(Registers.RSI);
    private static final PendingCall FOURTH_ARGUMENT = new Remainder(Registers.R10);

    private SleepCalls() {}

    static void register(SyscallTable table) {
        table.full(35, "nanosleep", "ptr,ptr", (Handler.Call2) SleepCalls::nanosleep);
        table.full(
                230, "clock_nanosleep", "int,hex,ptr,ptr", (Handler.Call4) SleepCalls::clockSleep);
    }

    private static long nanosleep(Task task, long request, long remainder) {
        return sleep(task, request, SECOND_ARGUMENT);
    }

    private static long sleep(Task task, long request, PendingCall remainder) {
        if (task.pending() != null) {
            return task.isDeadlinePassed() ? 0 : task.block(Restart.WITHOUT_HANDLER);
        }
        long nanos = TimeValues.readTimespec(task.memory(), request);
        if (nanos <= 0) {
            return nanos;
        }
        task.pending(remainder);
        task.deadlineIn(nanos);
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static long clockSleep(Task task, long clock, long flags, long request, long left) {
        int id = (int) clock;
        if (id == ClockId.THREAD_CPUTIME) {
            return -Errno.EOPNOTSUPP;
        }
        int allowed = ClockId.checkTimers(task, id);
        if (allowed != 0) {
            return allowed;
        }
        boolean absolute = (flags & TIMER_ABSTIME) != 0;
        if (ClockId.isCpuClock(id)) {
            return cpuSleep(task, id, absolute, request);
        }
        if (!absolute) {
            return sleep(task, request, FOURTH_ARGUMENT);
        }
        long until = TimeValues.readTimespec(task.memory(), request);
        if (until < 0) {
            return until;
        }
        if (ClockId.nanos(task, id) >= until) {
            return 0;
        }
        task.deadlineAt(ClockId.monotonic(task.kernel(), id, until));
        return task.block(Restart.WITHOUT_HANDLER);
    }

    /** The time on its clock that a sleep waits for. */
    private record CpuSleep(long until) implements PendingCall {
        @Override
        public void cancel(Task task) {}
    }

    private static long cpuSleep(Task task, int id, boolean absolute, long request) {
        if (ClockId.isPerThread(id) && ClockId.thread(task, id) == task) {
            return -Errno.EINVAL; // it would never come
        }
        long now = ClockId.nanos(task, id);
        if (now < 0) {
            return 0; // the process is gone
        }
        if (!(task.pending() instanceof CpuSleep)) {
            long nanos = TimeValues.readTimespec(task.memory(), request);
            if (nanos < 0) {
                return nanos;
            }
            boolean beyond = !absolute && nanos > Long.MAX_VALUE - now;
            task.pending(new CpuSleep(beyond ? Long.MAX_VALUE : absolute ? nanos : now + nanos));
        }
        if (task.pending() instanceof CpuSleep(long until) && now < until) {
            long wait =
                    Math.max(CPU_LOOK_NANOS, (until - now) / task.kernel().config().processors());
            long clock = task.kernel().clock().monotonicNanos();
            task.deadlineAt(wait > Long.MAX_VALUE - clock ? Task.FOREVER : clock + wait);
            return task.block(Restart.WITHOUT_HANDLER);
        }
        return 0;
    }
}
