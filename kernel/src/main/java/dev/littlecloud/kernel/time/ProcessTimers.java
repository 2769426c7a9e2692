package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All timers of one process that send signals. Not inherited by fork(2). Guarded by the instance
 * lock.
 */
public final class ProcessTimers {
    /** Java objects of a POSIX timer, charged to the instance. */
    private static final int TIMER_BYTES = 256;

    private final Frames frames;
    private final CpuTimers cpuTimers;
    private final IntervalTimer.Real real;
    private final IntervalTimer virtual;
    private final IntervalTimer profiling;
    private final CpuLimit cpuLimit;
    private final TreeMap<Integer, PosixTimer> posixTimers = new TreeMap<>();
    private int lastId = -1;

    public ProcessTimers(ThreadGroup group) {
        this.frames = group.kernel().frames();
        this.cpuTimers = new CpuTimers(group);
        this.real = new IntervalTimer.Real(group);
        this.virtual =
                new IntervalTimer.OfCpu(group, cpuTimers, Signal.SIGVTALRM, ClockId.CpuTime.USER);
        this.profiling =
                new IntervalTimer.OfCpu(group, cpuTimers, Signal.SIGPROF, ClockId.CpuTime.TICKS);
        this.cpuLimit = new CpuLimit(group, cpuTimers);
    }

    public CpuTimers cpuTimers() {
        return cpuTimers;
    }

    /** One of the three of setitimer(2), or null. */
    public @Nullable IntervalTimer interval(int which) {
        return switch (which) {
            case IntervalTimer.REAL -> real;
            case IntervalTimer.VIRTUAL -> virtual;
            case IntervalTimer.PROFILING -> profiling;
            default -> null;
        };
    }

    /** RLIMIT_CPU of the process changed, or the process began. */
    public void cpuLimitChanged() {
        cpuLimit.changed();
    }

    /** An id that no timer has. */
    public int nextId() {
        do {
            lastId = lastId == Integer.MAX_VALUE ? 0 : lastId + 1;
        } while (posixTimers.containsKey(lastId));
        return lastId;
    }

    /** Keeps a timer; false where the instance has no memory for it. */
    public boolean add(int id, PosixTimer timer) {
        if (!frames.charge(TIMER_BYTES)) {
            return false;
        }
        posixTimers.put(id, timer);
        return true;
    }

    public @Nullable PosixTimer posix(int id) {
        return posixTimers.get(id);
    }

    public int posixCount() {
        return posixTimers.size();
    }

    /** Takes a timer away; null where there is none with this id. */
    public @Nullable PosixTimer remove(int id) {
        PosixTimer timer = posixTimers.remove(id);
        if (timer != null) {
            timer.stop();
            frames.uncharge(TIMER_BYTES);
        }
        return timer;
    }

    /**
     * A signal was taken from the pending ones: timers that wait for that go on.
     *
     * @param ofProcess whether it was sent to the process, and not to the thread that took it
     */
    public SigInfo taken(SigInfo info, boolean ofProcess) {
        if (info.code() == SigInfo.SI_TIMER) {
            PosixTimer timer = posixTimers.get(info.pid());
            return timer == null ? info : timer.delivered(info);
        }
        if (ofProcess && info.signal() == Signal.SIGALRM) {
            real.delivered();
        }
        return info;
    }

    /** What execve(2) ends: interval timers go on. */
    public void afterExec() {
        for (PosixTimer timer : posixTimers.values()) {
            timer.stop();
        }
        frames.uncharge((long) posixTimers.size() * TIMER_BYTES);
        posixTimers.clear();
        lastId = -1;
    }

    /** The process ends. */
    public void stop() {
        afterExec();
        real.start(0);
        cpuTimers.stop();
    }
}
