package dev.littlecloud.kernel.task;

import org.jspecify.annotations.Nullable;

/**
 * A posted call that has to wait, and whose program stays in the guest meanwhile for as long as
 * leaving it would take: what it waits for often comes sooner. One at a time in an instance. Guarded
 * by the instance lock, but for {@link #isDue}.
 */
final class HeldCall {
    /** Leaving the guest, a sleep, a wake-up and entering again take about as long. */
    private static final long LONGEST_NANOS = 100_000;

    /** So many in vain, one after the other, and it is seldom tried. */
    private static final int MOST_IN_VAIN = 4;

    private static final int SELDOM = 16;

    private final boolean isAlwaysTried;

    // What only holds while a program is in the guest.
    private transient @Nullable Processor processor;
    private transient @Nullable Task task;
    private transient boolean isWoken;
    private transient volatile long until;
    private transient volatile boolean isHeld;

    private transient int inVain;
    private transient int passedOver;

    HeldCall(boolean isAlwaysTried) {
        this.isAlwaysTried = isAlwaysTried;
    }

    /** Whether one that has to wait now should do so in the guest. */
    boolean isWorthwhile() {
        return !isHeld && (isAlwaysTried || inVain < MOST_IN_VAIN || ++passedOver % SELDOM == 0);
    }

    void begin(Processor on, Task waiting) {
        processor = on;
        task = waiting;
        isWoken = false;
        until = System.nanoTime() + LONGEST_NANOS;
        isHeld = true;
    }

    void end() {
        if (isHeld) {
            inVain = isWoken ? 0 : inVain + 1;
            isHeld = false;
            processor = null;
            task = null;
        }
    }

    boolean isHeld() {
        return isHeld;
    }

    /** Whose it is; null without any. */
    @Nullable Task task() {
        return task;
    }

    /** Where its program is; null without any. */
    @Nullable Processor processor() {
        return processor;
    }

    /** Something happened that a task waits for; whether it is this one. */
    boolean wake(Task waiting) {
        if (waiting != task || isWoken) {
            return false;
        }
        isWoken = true;
        return true;
    }

    boolean isWoken() {
        return isWoken;
    }

    /** Whether its program has waited for long enough. Needs no lock, to be asked again with it. */
    boolean isDue() {
        return isHeld && System.nanoTime() - until >= 0;
    }
}
