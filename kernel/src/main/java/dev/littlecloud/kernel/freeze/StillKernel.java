package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.signal.Signal;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance made of a {@link FrozenKernel}. Its clock stands still, and none of its tasks runs,
 * until it goes on. Used by one thread until then.
 */
public final class StillKernel {
    private final Kernel kernel;
    private final List<@Nullable Object> parts;
    private final long monotonicNanos;

    StillKernel(Object[] root, long monotonicNanos) {
        this.kernel = (Kernel) root[0];
        this.parts = Collections.unmodifiableList(Arrays.asList(root).subList(1, root.length));
        this.monotonicNanos = monotonicNanos;
    }

    public Kernel kernel() {
        return kernel;
    }

    /** What {@link FrozenKernel#freeze} was given, in that order. */
    public List<@Nullable Object> parts() {
        return parts;
    }

    /** Begins to look at which pages it uses: {@link PageUse#of}. */
    public void watchUse() {
        kernel.lock().lock();
        try {
            PageUse.forget(kernel);
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Brings in pages that it will use, as its programs' first touch would. */
    public void bringIn(PageUse use) {
        kernel.lock().lock();
        try {
            use.bringIn(kernel);
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Has calls at sites that it will use stay in the guest from the first one on. */
    public void post(PageUse use) {
        kernel.lock().lock();
        try {
            use.post(kernel);
        } finally {
            kernel.lock().unlock();
        }
    }

    /**
     * Freezes it as it is now, with what was brought in and rewritten. It can go on all the same.
     *
     * @param blob the host's view of the image's contents
     */
    public FrozenKernel freeze(MemorySegment blob) {
        kernel.lock().lock();
        try {
            return FrozenKernel.freezeAt(monotonicNanos, kernel, parts, List.of(), blob);
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Has a processor touch pages that it will use. Needs a platform thread. */
    public void touch(PageUse use) {
        kernel.lock().lock();
        try {
            use.touch(kernel);
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Ends it without it having gone on. */
    public void end() {
        kernel.lock().lock();
        try {
            kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, Signal.SIGKILL, "", null));
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Lets it go on: from now on, whatever wakes one of its tasks makes that run. */
    public void goOn() {
        kernel.lock().lock();
        try {
            kernel.clock().continueAt(monotonicNanos);
            kernel.thawed();
            kernel.scheduler().callServer().expect();
        } finally {
            kernel.lock().unlock();
        }
    }
}
