package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.signal.Signal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens when the instance has no memory left: the process that uses most of it is killed, as
 * by the OOM killer of a memory control group of Linux, and the instance ends only if that is its
 * first process. The victim's memory is taken at once; it cannot run in it any more. Guarded by the
 * instance lock.
 */
public final class MemoryShortage {
    /** oom_score_adj of a process that is never chosen; proc(5). */
    private static final int NEVER = -1000;

    /** Frames that one fault can take: the page, its tables, the file's own records. */
    private static final int FRAMES_PER_FAULT = 8;

    /** Frames beyond the limit (1 MiB) that the kernel may use until a victim is gone. */
    private static final int GRACE_FRAMES = 256;

    private final Kernel kernel;
    private @Nullable ThreadGroup victim;
    private long shortages;
    private long kills;

    public MemoryShortage(Kernel kernel) {
        this.kernel = kernel;
    }

    /** How often the limit was reached and nothing could be given up. */
    public long shortages() {
        return shortages;
    }

    /** Processes killed for it. */
    public long kills() {
        return kills;
    }

    /** Tries to get memory: true where a frame can be had now. Kills a process if need be. */
    public boolean relieve() {
        if (hasMemory() || recyclePageTables()) {
            return true;
        }
        if (victim == null && mayKill()) {
            shortages++;
            kill(choose());
        }
        return hasMemory();
    }

    /** A first program that does not fit is refused; what ends anyway is waited for. */
    private boolean mayKill() {
        ThreadGroup init = kernel.tasks().init();
        if (kernel.hasEnded() || init == null || !init.hasExecuted()) {
            return false;
        }
        for (ThreadGroup process : kernel.tasks().processes()) {
            if (process.isExiting() && !process.threads().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether any fault can be resolved. Shared memory cannot have all, so its faults come while
     * there is still memory for others.
     */
    private boolean hasMemory() {
        int needed = kernel.frames().reservedForPrograms() + FRAMES_PER_FAULT;
        return kernel.frames().available() > needed;
    }

    private boolean recyclePageTables() {
        kernel.sharedTables().trim();
        return !kernel.scheduler().isAnyInGuest()
                && kernel.guestMemory().recyclePageTables()
                && hasMemory();
    }

    /** The process with the most points, the newest of equals; null where none may be killed. */
    private @Nullable ThreadGroup choose() {
        ThreadGroup worst = null;
        long most = Long.MIN_VALUE;
        for (ThreadGroup process : kernel.tasks().processes()) {
            int adjustment = process.traits().memoryScoreAdjustment();
            if (process.threads().isEmpty() || adjustment == NEVER) {
                continue;
            }
            long points = pages(process) + (long) adjustment * kernel.frames().capacity() / 1000;
            if (points >= most) {
                most = points;
                worst = process;
            }
        }
        return worst;
    }

    /** Pages that the end of a process would free: its memory, page tables and descriptors. */
    private static long pages(ThreadGroup process) {
        Task first = process.threads().getFirst();
        AddressSpace space = first.space();
        long bytes = space.use().tableBytes() + first.files().chargedBytes();
        return space.use().framesInUse() + (bytes >> Frames.SHIFT);
    }

    private void kill(@Nullable ThreadGroup chosen) {
        if (chosen == null || chosen.pid() == 1) {
            endInstance(chosen);
            return;
        }
        kills++;
        victim = chosen;
        kernel.frames().grace(GRACE_FRAMES);
        AddressSpace space = chosen.threads().getFirst().space();
        for (ThreadGroup process : List.copyOf(kernel.tasks().processes())) {
            if (!process.threads().isEmpty() && process.threads().getFirst().space() == space) {
                if (process.pid() == 1) {
                    endInstance(process);
                    return;
                }
                process.startExit(Signal.SIGKILL);
            }
        }
        space.reap();
        kernel.scheduler().notifyProcessors();
    }

    private void endInstance(@Nullable ThreadGroup chosen) {
        kills += chosen == null ? 0 : 1;
        String name = chosen == null ? "" : chosen.threads().getFirst().name() + " ";
        String detail =
                "out of memory: "
                        + name
                        + "needed more than the limit of "
                        + (kernel.config().memoryBytes() >> 20)
                        + " MiB; raise it with --memory";
        kernel.end(new InstanceEnd(InstanceEnd.Reason.OUT_OF_MEMORY, Signal.SIGKILL, detail, null));
    }

    /** A process has ended and given up what it had. */
    void ended(ThreadGroup process) {
        if (process == victim) {
            victim = null;
            kernel.frames().grace(0);
        }
    }
}
