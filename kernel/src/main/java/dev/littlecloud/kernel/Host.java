package dev.littlecloud.kernel;

import dev.littlecloud.kernel.time.CycleRate;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the kernel needs of the process it runs in. */
public interface Host {
    /** Runs a processor's loop on a platform thread of its own. */
    void startCarrier(String name, Runnable loop);

    /**
     * Processor time that the calling thread has used, in nanoseconds: on a loaded host less than
     * the time that went by.
     */
    default long threadNanos() {
        return System.nanoTime();
    }

    /** The host's processor that the calling thread runs on; negative where that is not known. */
    default int processor() {
        return -1;
    }

    /** Keeps the calling thread off one of the host's processors, where it may use others. */
    default void avoid(int processor) {}

    /** The same for the calling thread, as other threads may ask for it as long as it lives. */
    default IntConsumer avoider() {
        return processor -> {};
    }

    /** Lets the calling thread run on all processors of the host again. */
    default void avoidNone() {}

    /**
     * A clock of what {@link #threadNanos} tells of the calling thread; for any thread to read, as
     * long as this one lives.
     */
    default LongSupplier threadClock() {
        return System::nanoTime;
    }

    /**
     * The calling thread is awake for some time, and is going to {@link #lookForEvents} many times in
     * a millisecond until it {@linkplain #giveBackEvents gives that back}: nobody has to be woken for
     * what the host has for instances, or to be told what they wait for.
     *
     * @return false where another thread does that already
     */
    default boolean takeOverEvents() {
        return false;
    }

    /**
     * Tells all instances of the process what the host has for them. For a thread that {@linkplain
     * #takeOverEvents took that over}; without a lock.
     *
     * @param meanwhile runs between any two of these things; it fails by itself
     */
    default void lookForEvents(Runnable meanwhile) {}

    /** Has the thread of the process that waits for events do so again. */
    default void giveBackEvents() {}

    /**
     * Calls {@link Kernel#timersDue} at a monotonic time in nanoseconds, or earlier. A later call
     * replaces an earlier one if its time is sooner.
     */
    void wakeAt(Kernel kernel, long monotonicNanos);

    /**
     * The host's time-stamp counter with its rate, the same for all instances; null where it does
     * not run evenly. Guests then make a system call to read a clock.
     */
    default @Nullable CycleRate cycleRate() {
        return null;
    }

    /** The instance has ended; called once, without the lock. */
    void ended(Kernel kernel, InstanceEnd end);
}
