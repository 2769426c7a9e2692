package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Timers that go by the processor time of a process or one of its threads. A timer of real time is
 * set to when the first of them can be due at the earliest; it looks again then. While no thread of
 * the process can run nothing is set, so an idle process costs nothing. Guarded by the instance
 * lock.
 */
public final class CpuTimers {
    /** Looks are at least this far apart. */
    private static final long CLOSEST_NANOS = 1_000_000;

    /** A timer of processor time. */
    public abstract static class CpuTimer {
        private long expiry;
        private boolean armed;

        /** What its clock shows. */
        protected abstract long now();

        /** The time has come. Runs once, with the timer disarmed; may arm again. */
        protected abstract void expired();

        public final boolean isArmed() {
            return armed;
        }

        /** When it is due, on its clock. */
        public final long expiry() {
            return expiry;
        }
    }

    private final ThreadGroup group;
    private final Kernel kernel;
    private final List<CpuTimer> armed = new ArrayList<>(2);
    private boolean dormant;
    private final TimerQueue.Timer look =
            new TimerQueue.Timer() {
                @Override
                protected void expired() {
                    check();
                }
            };

    CpuTimers(ThreadGroup group) {
        this.group = group;
        this.kernel = group.kernel();
    }

    /** Sets a timer to a time on its clock, or moves it there. */
    public void arm(CpuTimer timer, long expiry) {
        timer.expiry = expiry;
        if (!timer.armed) {
            timer.armed = true;
            armed.add(timer);
        }
        scheduleLook();
    }

    public void disarm(CpuTimer timer) {
        if (timer.armed) {
            timer.armed = false;
            armed.remove(timer);
            if (armed.isEmpty()) {
                kernel.timers().disarm(look);
                dormant = false;
            }
        }
    }

    /** Disarms all: the process ends. */
    void stop() {
        for (CpuTimer timer : armed) {
            timer.armed = false;
        }
        armed.clear();
        kernel.timers().disarm(look);
        dormant = false;
    }

    /** A thread of the process can run again. */
    public void threadStarts() {
        if (dormant) {
            scheduleLook();
        }
    }

    private void check() {
        for (CpuTimer timer : List.copyOf(armed)) {
            if (timer.armed && timer.now() >= timer.expiry) {
                timer.armed = false;
                armed.remove(timer);
                timer.expired();
            }
        }
        if (!armed.isEmpty()) {
            scheduleLook();
        }
    }

    private void scheduleLook() {
        int running = runnableThreads();
        dormant = running == 0;
        if (dormant) {
            kernel.timers().disarm(look);
            return;
        }
        long left = Long.MAX_VALUE;
        for (CpuTimer timer : armed) {
            left = Math.min(left, timer.expiry - timer.now());
        }
        int parallel = Math.min(running, kernel.config().processors());
        long wait = Math.max(CLOSEST_NANOS, left / parallel);
        long now = kernel.clock().monotonicNanos();
        kernel.timers().arm(look, wait > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + wait);
    }

    private int runnableThreads() {
        int count = 0;
        for (Task thread : group.threads()) {
            TaskRun.State state = thread.run().state();
            if (state == TaskRun.State.RUNNING || state == TaskRun.State.RUNNABLE) {
                count++;
            }
        }
        return count;
    }
}
