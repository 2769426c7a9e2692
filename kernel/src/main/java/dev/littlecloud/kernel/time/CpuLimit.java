package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.ThreadGroup;

/**
 * RLIMIT_CPU: SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one;
 * getrlimit(2).
 */
final class CpuLimit extends CpuTimers.CpuTimer {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ThreadGroup group;
    private final CpuTimers timers;

    CpuLimit(ThreadGroup group, CpuTimers timers) {
        this.group = group;
        this.timers = timers;
    }

    void changed() {
        long soft = group.limits().soft(ResourceLimits.CPU);
        timers.disarm(this);
        if (soft != ResourceLimits.INFINITY) {
            timers.arm(this, nanos(soft));
        }
    }

    /** A limit of no time at all counts as one second, as on Linux. */
    private static long nanos(long seconds) {
        boolean beyond = seconds < 0 || seconds > Long.MAX_VALUE / NANOS_PER_SECOND;
        return beyond ? Long.MAX_VALUE : Math.max(1, seconds) * NANOS_PER_SECOND;
    }

    @Override
    protected long now() {
        return ClockId.of(group, ClockId.CpuTime.ALL);
    }

    @Override
    protected void expired() {
        long hard = group.limits().hard(ResourceLimits.CPU);
        long now = now();
        if (hard != ResourceLimits.INFINITY && now >= nanos(hard)) {
            SignalSending.toProcess(group, SigInfo.fromKernel(Signal.SIGKILL));
            return;
        }
        SignalSending.toProcess(group, SigInfo.fromKernel(Signal.SIGXCPU));
        timers.arm(this, (now / NANOS_PER_SECOND + 1) * NANOS_PER_SECOND);
    }
}
